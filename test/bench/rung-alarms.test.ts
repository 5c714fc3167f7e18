import { describe, expect, it } from '@jest/globals';
import { observationsIn } from '../../bench/monitoring/recorded.ts';
import { isHere, rungAlarms } from '../../bench/monitoring/rung.ts';
import { statisticOf } from '../../bench/monitoring/statistics.ts';
import { METRICS, type MetricName } from '../../lambdas/domain/metrics.ts';
import type { AlarmDefinition } from '../../lib/monitoring/alarm.ts';
import { ALARMS, OWN_ALARMS } from '../../lib/monitoring/alarms.ts';
import { functionErrorLine } from '../../local/metrics/function-errors.ts';
import { measured, slowest, type Measure } from '../../lib/monitoring/measure.ts';
import { REFUSED_SHARE, UNSURE_SHARE } from '../../lib/monitoring/thresholds.ts';

const FROM = Date.parse('2026-11-29T12:00:07Z');
const MINUTE = 60_000;

/** A line as a function writes it. */
function line(
  seconds: number,
  name: MetricName,
  value: unknown,
  dimensions: Readonly<Record<string, string>> = {},
): string {
  const all = { service: 'coupon-local', ...dimensions };
  return JSON.stringify({
    _aws: {
      Timestamp: FROM + seconds * 1000,
      CloudWatchMetrics: [
        {
          Namespace: 'Coupon',
          Dimensions: [Object.keys(all)],
          Metrics: [{ Name: name, Unit: METRICS[name].unit }],
        },
      ],
    },
    ...all,
    [name]: value,
  });
}

function ringing(lines: readonly string[], minutes: number, alarms = OWN_ALARMS): string[] {
  const span = { from: FROM, until: FROM + minutes * MINUTE };
  return rungAlarms(alarms, observationsIn(lines.join('\n')), span).map(({ id }) => id);
}

function alarm(measure: Measure, more: Partial<AlarmDefinition>): AlarmDefinition {
  return {
    id: 'it',
    measure,
    rings: 'at least',
    threshold: 10,
    breaching: 1,
    of: 1,
    missing: 'good',
    harm: '',
    severity: 'look',
    ...more,
  };
}

describe('a line of the embedded metric format', () => {
  it('is a number, many numbers, or numbers with how often they came', () => {
    const text = [
      line(0, 'RecordLag', 3),
      line(1, 'ClaimDuration', [1, 2]),
      line(2, 'GateDuration', { Values: [5, 7], Counts: [1, 9] }),
    ].join('\n');
    expect(observationsIn(text).map(({ name, values }) => [name, values])).toEqual([
      ['RecordLag', [{ value: 3, count: 1 }]],
      [
        'ClaimDuration',
        [
          { value: 1, count: 1 },
          { value: 2, count: 1 },
        ],
      ],
      [
        'GateDuration',
        [
          { value: 5, count: 1 },
          { value: 7, count: 9 },
        ],
      ],
    ]);
  });

  it('is told from other lines of a log', () => {
    expect(observationsIn('{"level":"WARN"}\nReady\n\n')).toEqual([]);
  });
});

describe('a statistic', () => {
  const of = (values: readonly (readonly [value: number, count: number])[]) => [
    {
      namespace: 'Coupon',
      name: 'ClaimDuration',
      dimensions: {},
      at: FROM,
      values: values.map(([value, count]) => ({ value, count })),
    },
  ];

  it.each([
    ['Sum', 100],
    ['SampleCount', 20],
    ['Average', 5],
    ['Maximum', 50],
    ['Minimum', 2],
    ['p50', 2],
  ] as const)('%s counts a value as often as it came', (statistic, expected) => {
    const values = [
      [50, 1],
      [2, 18],
      [14, 1],
    ] as const;
    expect(statisticOf(statistic, of(values))).toBe(expected);
  });

  it.each([
    [990, 10, 1],
    [989, 11, 900],
  ])('p99 of %i quick and %i slow ones is %i', (quick, slow, expected) => {
    const values = [
      [900, slow],
      [1, quick],
    ] as const;
    expect(statisticOf('p99', of(values))).toBe(expected);
  });

  it('of nothing is nothing', () => {
    expect(statisticOf('Sum', [])).toBeUndefined();
  });
});

describe('an alarm', () => {
  const lag = (...perMinute: readonly (number | undefined)[]): string[] =>
    perMinute.flatMap((value, minute) =>
      value === undefined ? [] : [line(minute * 60 + 5, 'RecordLag', value)],
    );
  const measure = measured('RecordLag', 'Maximum');

  it.each([
    ['at its threshold', [10], 1, 1, true],
    ['not below it', [9], 1, 1, false],
    ['of two of three periods, not next to each other', [10, 0, 10], 2, 3, true],
    ['not of two of four when it wants them in three', [10, 0, 0, 10], 2, 3, false],
    ['not of one period when it wants two', [10], 2, 2, false],
    ['not when a period without a value lies between', [10, undefined, 10], 2, 2, false],
  ] as const)('rings %s', (_when, values, breaching, of, expected) => {
    const alarms = [alarm(measure, { breaching, of })];
    expect(ringing(lag(...values), values.length, alarms)).toEqual(expected ? ['it'] : []);
  });

  it('that rings below its threshold does not ring at it', () => {
    const below = [alarm(measure, { rings: 'below' })];
    expect(ringing(lag(10), 1, below)).toEqual([]);
    expect(ringing(lag(9), 1, below)).toEqual(['it']);
  });

  it('on the slowest is good while there are few, also when they were slow before', () => {
    const slow = [alarm(slowest('ClaimDuration'), { breaching: 2, of: 2 })];
    const minute = (at: number, count: number): string =>
      line(at * 60, 'ClaimDuration', { Values: [10], Counts: [count] });
    expect(ringing([minute(0, 100), minute(1, 100)], 2, slow)).toEqual(['it']);
    expect(ringing([minute(0, 100), minute(1, 99)], 2, slow)).toEqual([]);
  });

  it('to which silence is bad waits for as many periods as it wants', () => {
    const silent = [alarm(measure, { missing: 'bad', breaching: 3, of: 3 })];
    expect(ringing([], 2, silent)).toEqual([]);
    expect(ringing([], 3, silent)).toEqual(['it']);
    expect(ringing(lag(undefined, 1), 3, silent)).toEqual([]);
  });

  it('judges a period by when things were measured, from the beginning on', () => {
    const lines = [
      line(-1, 'RecordLag', 10),
      line(60, 'RecordLag', 10),
      line(120, 'RecordLag', 10),
    ];
    const span = { from: FROM, until: FROM + 2 * MINUTE };
    expect(rungAlarms([alarm(measure, {})], observationsIn(lines.join('\n')), span)).toEqual([
      { id: 'it', atMs: 2 * MINUTE, value: 10 },
    ]);
  });

  it('judges a beginning period as if it were whole', () => {
    const span = { from: FROM, until: FROM + 20_000 };
    expect(rungAlarms([alarm(measure, {})], observationsIn(lag(10).join('\n')), span)).toHaveLength(
      1,
    );
  });

  it('tells dimensions apart', () => {
    const email = [alarm(measured('NotificationsParked', 'Maximum', { channel: 'email' }), {})];
    const lines = [line(1, 'NotificationsParked', 10, { channel: 'slack' })];
    expect(ringing(lines, 1, email)).toEqual([]);
    const both = [...lines, line(1, 'NotificationsParked', 10, { channel: 'email' })];
    expect(ringing(both, 1, email)).toEqual(['it']);
  });

  it('on a number of AWS’ own never rings here', () => {
    const theirs = ALARMS.filter((alarm) => !isHere(alarm));
    expect(theirs.length).toBeGreaterThan(10);
    expect(ringing([], 10, theirs)).toEqual([]);
  });
});

it('function-errors rings by what the stand-in of Lambda tells', () => {
  const lines = observationsIn(functionErrorLine('record', FROM));
  const rung = rungAlarms(ALARMS, lines, { from: FROM, until: FROM + MINUTE });
  expect(rung.map(({ id }) => id)).toEqual(['function-errors-record']);
});

describe('each alarm of the list', () => {
  const own = OWN_ALARMS.map((one) => [one.id, one] as const);

  /** So many minutes in which the alarm sees exactly this. */
  const seeing = ({ measure }: AlarmDefinition, value: number, minutes: number): string[] =>
    Array.from({ length: minutes }, (_, minute) => lines(measure, value, minute * 60)).flat();

  const lines = (measure: Measure, value: number, second: number): string[] => {
    switch (measure.kind) {
      case 'sum': {
        const [{ metric, statistic, dimensions } = raise()] = measure.of;
        if (statistic === 'SampleCount') return value > 0 ? [line(second, metric, value)] : [];
        return [line(second, metric, value, dimensions)];
      }
      case 'percentile':
        return [line(second, measure.of.metric, { Values: [value], Counts: [measure.atLeast] })];
      case 'share': {
        const [{ metric, dimensions } = raise()] = measure.of;
        return [
          line(second, measure.whole.metric, { Values: [20], Counts: [10_000] }),
          line(second, metric, Math.round(value * 10_000), dimensions),
        ];
      }
      case 'stalled':
        return [line(second, measure.waiting.metric, value)];
      case 'platform':
        return [];
    }
  };

  it.each(own)('%s rings at its threshold, for as long as it wants', (_id, one) => {
    const threshold = one.rings === 'below' ? 0 : Number(one.threshold);
    expect(ringing(seeing(one, threshold, one.breaching), one.breaching, [one])).toEqual([one.id]);
  });

  it.each(own)('%s does not ring on its good side', (_id, one) => {
    const step = one.measure.kind === 'share' ? 0.001 : 1;
    const threshold = Number(one.threshold);
    const good = one.rings === 'below' ? threshold : threshold - step;
    expect(ringing(seeing(one, good, one.of), one.of, [one])).toEqual([]);
  });

  it.each(own.filter(([, { breaching }]) => breaching > 1))(
    '%s does not ring a period before',
    (_id, one) => {
      const threshold = one.rings === 'below' ? 0 : Number(one.threshold);
      const less = one.breaching - 1;
      expect(ringing(seeing(one, threshold, less), less, [one])).toEqual([]);
    },
  );
});

function raise(): never {
  throw new Error('the alarm looks at nothing');
}

describe('of the list', () => {
  /** A minute with so many claims, of which so many are told so. */
  const claims = (minute: number, all: number, told: number, outcome: string): string[] => [
    line(minute * 60, 'ClaimDuration', { Values: [20], Counts: [all] }),
    line(minute * 60, 'Claims', told, { outcome }),
    line(minute * 60, 'Claims', all - told, { outcome: 'accepted' }),
    line(minute * 60, 'GatesClosed', 0),
  ];

  it('none rings in a quiet minute', () => {
    expect(ringing(claims(0, 10_000, 0, 'unavailable'), 1)).toEqual([]);
  });

  it('claims-unsure rings at its share of claims, and of an event only', () => {
    const at = (all: number, share: number): string[] =>
      ringing(claims(0, all, Math.ceil(all * share), 'outcome_unknown'), 1);
    expect(at(10_000, UNSURE_SHARE)).toEqual(['claims-unsure']);
    expect(at(10_000, UNSURE_SHARE - 0.001)).toEqual([]);
    expect(at(59, 1)).toEqual([]);
  });

  it('claims-refused rings when it goes on for three minutes, whatever they are told', () => {
    const minutes = ['gate_closed', 'outcome_unknown', 'unavailable'].map((outcome, minute) =>
      claims(minute, 1_000, 1_000 * REFUSED_SHARE, outcome),
    );
    expect(ringing(minutes.flat(), 3)).toContain('claims-refused');
    expect(ringing(minutes.slice(0, 2).flat(), 2)).not.toContain('claims-refused');
  });

  it('claims-gate-closed rings at the first one, gate-closed after two minutes', () => {
    expect(ringing(claims(0, 1_000, 1, 'gate_closed'), 1)).toEqual(['claims-gate-closed']);
    const closed = [0, 30, 60, 90].map((second) => line(second, 'GatesClosed', 1));
    expect(ringing(closed, 2)).toEqual(['gate-closed']);
    expect(ringing(closed.slice(0, 2), 1)).toEqual([]);
  });

  it('record-stalled rings when records wait and none moves', () => {
    const waiting = [0, 60].map((second) => line(second, 'RecordLag', 5));
    const healthy = [0, 60].map((second) => line(second, 'GatesClosed', 0));
    expect(ringing([...waiting, ...healthy], 2)).toEqual(['record-stalled']);
    expect(ringing([...waiting, ...healthy, line(70, 'RecordedIssuances', 1)], 2)).toEqual([]);
  });

  it('quarantine rings for every reason, unexpected-faults for every function', () => {
    expect(ringing([line(0, 'QuarantinedRecords', 1, { reason: 'overflow' })], 1)).toEqual([
      'quarantine',
    ]);
    expect(ringing([line(0, 'UnexpectedFaults', 1, { function: 'grant' })], 1)).toEqual([
      'unexpected-faults',
    ]);
  });

  it('schedules-silent rings when nothing was heard for five minutes', () => {
    expect(ringing([], 5)).toEqual(['schedules-silent']);
    expect(ringing([line(0, 'GatesClosed', 0)], 5)).toEqual([]);
  });
});
