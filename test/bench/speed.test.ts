import { describe, expect, it } from '@jest/globals';
import { median, percentile } from '../../bench/numbers.ts';
import { holds, type Figure } from '../../bench/speed/figure.ts';
import { issuePathFigures } from '../../bench/speed/figures/issue-path.ts';
import { openLoopFigures, type OpenLoopRun } from '../../bench/speed/figures/open-loop.ts';
import { FULL } from '../../bench/speed/plan.ts';
import { reportOf, tableOf } from '../../bench/speed/report.ts';

describe('a median', () => {
  it('is the one in the middle, and of an even number the lower one', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2);
    expect(median([])).toBeNaN();
  });

  it('and other percentiles are numbers that were measured', () => {
    const sorted = Array.from({ length: 200 }, (_, i) => i + 1);
    expect(percentile(sorted, 0.99)).toBe(198);
    expect(percentile(sorted, 1)).toBe(200);
    expect(percentile([7], 0.01)).toBe(7);
  });
});

describe('a figure', () => {
  const figure: Figure = { name: 'x', value: 0.7, unit: '' };

  it('holds at its bar, and not beyond it', () => {
    expect(holds({ ...figure, bar: { atLeast: 0.7 } })).toBe(true);
    expect(holds({ ...figure, bar: { atLeast: 0.71 } })).toBe(false);
    expect(holds({ ...figure, bar: { atMost: 0.7 } })).toBe(true);
    expect(holds({ ...figure, bar: { atMost: 0.69 } })).toBe(false);
    expect(holds(figure)).toBe(true);
  });

  it('that could not be measured holds no bar', () => {
    expect(holds({ ...figure, value: Number.NaN, bar: { atMost: 100 } })).toBe(false);
  });
});

describe('the issue path', () => {
  it('is compared with the floor round by round, so that a machine that slows down favours neither', () => {
    const rounds = [
      { floor: 8_000, path: 6_400, valkeyBytes: 0 },
      { floor: 4_000, path: 3_000, valkeyBytes: 0 },
      { floor: 2_000, path: 1_400, valkeyBytes: 0 },
    ];
    const [ratio, floor, path] = issuePathFigures(rounds);
    expect([ratio?.value, floor?.value, path?.value]).toEqual([0.75, 4_000, 3_000]);
  });
});

describe('the open loop', () => {
  const run: OpenLoopRun = {
    floor: 7_000,
    isVoid: false,
    p50: 10,
    p99: 50,
    longest: 80,
    issuedAfterP99: 400,
    answers: { 202: 10 },
    faults: 0,
    brokenPromises: [],
  };
  const slow = { ...run, isVoid: true, p99: 900 };

  it('takes latencies from valid runs only', () => {
    const figures = openLoopFigures([slow, run, slow, { ...run, p99: 60 }, run], FULL.openLoop);
    expect(figures.find(({ name }) => name.endsWith('p99'))?.value).toBe(50);
    expect(figures.filter((figure) => !holds(figure))).toEqual([]);
  });

  it('needs as many valid runs as are wanted', () => {
    const missed = openLoopFigures([slow, run, run], FULL.openLoop).filter((each) => !holds(each));
    expect(missed.map(({ name }) => name)).toEqual(['3,000/s for 30 s: valid runs']);
  });

  it('forgives no run a fault or a broken promise, void or not', () => {
    const bad = { ...slow, faults: 2, brokenPromises: ['I3'] };
    const missed = openLoopFigures([bad, run, run, run], FULL.openLoop).filter(
      (each) => !holds(each),
    );
    expect(missed.map(({ name, value }) => [name, value])).toEqual([
      ['3,000/s for 30 s: answers of 500 and more', 2],
      ['3,000/s for 30 s: broken promises', 1],
    ]);
  });
});

describe('the report', () => {
  const figures: Figure[] = [
    { name: 'issue path / floor', value: 0.78123, unit: '', bar: { atLeast: 0.7 } },
    { name: 'floor', value: 6_912.7, unit: 'claims/s' },
    { name: 'bundle', value: 801, unit: 'KB', bar: { atMost: 800 } },
  ];

  it('is a table of Markdown that says what was missed', () => {
    expect(tableOf({ figures }).split('\n')).toEqual([
      '| figure             |         median | bar              |',
      '| ------------------ | -------------: | ---------------- |',
      '| issue path / floor |          0.781 | ≥ 0.7            |',
      '| floor              | 6,913 claims/s |                  |',
      '| bundle             |         801 KB | ≤ 800 **missed** |',
      '',
    ]);
    expect(reportOf(0, {}, true, figures).held).toBe(false);
    expect(reportOf(0, {}, true, figures.slice(0, 2)).held).toBe(true);
  });
});
