import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
