import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearse } from '../../bench/rehearsal/rehearse.ts';
import { localStack } from '../../bench/rehearsal/venue/local-stack.ts';
import { statePaths } from '../../local/state.ts';
import { startPrometheus, type Prometheus } from '../monitoring/prometheus.ts';
import { CleanUp } from '../support/clean-up.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 240_000;
/** The schedules come every few seconds, Prometheus each second. */
const DATA_MS = 20_000;

/** What Grafana puts in the place of its variables. */
const VARIABLES: Readonly<Record<string, string>> = {
  // Longer than the rehearsal has been over when the last query is asked.
  $__rate_interval: '5m',
  $coupon: '.*',
};

interface Document {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const queries = ['event', 'system'].flatMap((view) => {
  const file = `docs/grafana/${view}-prometheus.json`;
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as Document;
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => [view, title, expr] as const),
  );
});

const cleanUp = new CleanUp();
let prometheus: Prometheus;

beforeAll(async () => {
  const stack = cleanUp.add(await TestStack.start(), (started) => started.remove());
  const folder = cleanUp.add(await mkdtemp(join(tmpdir(), 'coupon-grafana-')), (made) =>
    rm(made, { recursive: true }),
  );
  prometheus = cleanUp.add(await startPrometheus(stack.endpoints.metrics), (started) =>
    started.end(),
  );
  const venue = await localStack(statePaths(stack.stateDir));
  const crowd = { rate: 40, seconds: 12, users: 400, seed: 1 };
  const options = { crowd, quantity: 300, faults: [], out: folder };
  const report = await rehearse(venue, options, folder, new AbortController().signal);
  expect(report.held).toBe(true);
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

describe('after a rehearsal', () => {
  it('there are queries to ask', () => {
    expect(queries.length).toBeGreaterThan(30);
  });

  it.each(queries)(
    'the view %s shows: %s (%s)',
    async (_view, _title, written) => {
      const query = Object.entries(VARIABLES).reduce(
        (text, [name, value]) => text.replaceAll(name, value),
        written,
      );
      expect(query).not.toContain('$');
      await until(`${query} gives numbers`, DATA_MS, async () => {
        const samples = await prometheus.query(query);
        return samples.some(({ value }) => Number.isFinite(value)) ? true : undefined;
      });
    },
    DATA_MS * 2,
  );
});
