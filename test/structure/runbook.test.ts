import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS, type MetricName } from '../../lambdas/domain/metrics.ts';
import { prometheusName } from '../../lambdas/domain/prometheus-names.ts';
import { ALARMS, COMPOSITES, sectionOf } from '../../lib/monitoring/alarms.ts';
import { runbookCommands, runbookSections } from '../support/runbook.ts';

const sections = runbookSections();
const ofAlarms = sections.filter(({ isAlarm }) => isAlarm);
const commands = runbookCommands();

describe('the runbook', () => {
  it('has a section for each alarm, by its name, and none for others', () => {
    const expected = [...ALARMS.map(sectionOf), ...COMPOSITES.map(({ id }) => id)];
    const anchors = ofAlarms.map(({ anchor }) => anchor);
    expect(anchors.toSorted()).toEqual([...new Set(expected)].toSorted());
  });

  it.each(sections.filter(({ text }) => text.startsWith('### ')))(
    'says of $anchor what users feel, how to see it, what to do and how to know it is over',
    ({ text }) => {
      const parts = ['What users feel', 'How to see it', 'What to do', 'How to know it is over'];
      const places = parts.map((part) => text.indexOf(`**${part}.** `));
      expect(places).not.toContain(-1);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    },
  );

  it.each(ofAlarms)('has a command by which $anchor is seen', ({ heading }) => {
    expect(commands.filter(({ section }) => section === heading)).not.toEqual([]);
  });

  it('has no anchor twice, and every link leads somewhere', () => {
    const anchors = sections.map(({ anchor }) => anchor);
    expect(anchors.filter((anchor, i) => anchors.indexOf(anchor) !== i)).toEqual([]);
    const text = readFileSync('docs/runbook.md', 'utf8');
    const targets = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
    expect(targets.length).toBeGreaterThan(50);
    const dead = targets.filter((target) =>
      target.startsWith('#')
        ? !anchors.includes(target.slice(1))
        : !existsSync(join('docs', target)),
    );
    expect(dead).toEqual([]);
  });

  it('looks in logs for words that the functions write', () => {
    const code = globSync('lambdas/**/*.ts').map((file) => readFileSync(file, 'utf8'));
    const words = commands.flatMap(({ text }) => [
      ...text.matchAll(/\$\.message = "([^"]+)"/g),
      ...text.matchAll(/grep -h '([a-z][^']+)'/g),
    ]);
    expect(words.length).toBeGreaterThan(20);
    const unknown = words.filter(([, word = '']) => !code.some((text) => text.includes(word)));
    expect(unknown.map(([, word]) => word)).toEqual([]);
  });

  it('looks at metrics that there are', () => {
    const known = (Object.keys(METRICS) as MetricName[]).map(prometheusName);
    const asked = commands.flatMap(({ text }) => text.match(/\bcoupon_[a-z_]+/g) ?? []);
    expect(asked.length).toBeGreaterThan(20);
    const unknown = asked.filter(
      (name) =>
        !known.some(
          (one) =>
            name === one || (/^_(sum|count)$/.test(name.slice(one.length)) && name.startsWith(one)),
        ),
    );
    expect(unknown).toEqual([]);
  });

  it('says of every command where it is for', () => {
    expect(commands.length).toBeGreaterThan(80);
    expect(new Set(commands.map(({ place }) => place))).toEqual(new Set(['local', 'aws']));
  });

  it.each(commands.filter(({ place }) => place === 'aws'))(
    'has commands for AWS that a shell can read: $section',
    ({ text }) => {
      execFileSync('bash', ['-n'], { input: text });
    },
  );
});
