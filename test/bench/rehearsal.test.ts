import { describe, expect, it } from '@jest/globals';
import { crowdOf, temperOf } from '../../bench/rehearsal/crowd.ts';
import type { ClaimEntry } from '../../bench/rehearsal/load/job.ts';
import { readOptions, UsageError } from '../../bench/rehearsal/options.ts';
import { latencyOf, secondsOf } from '../../bench/rehearsal/report/figures.ts';
import { pageOf } from '../../bench/rehearsal/report/page.ts';
import { outcomesOf } from '../../bench/rehearsal/report/recovery.ts';
import { reportOf } from '../../bench/rehearsal/report/report.ts';
import { summaryOf } from '../../bench/rehearsal/report/summary.ts';

const CROWD = { rate: 1_000, seconds: 5, users: 3_000, seed: 7 };

describe('the crowd', () => {
  const presses = crowdOf(CROWD);

  it('presses exactly as often as the rate says, at even distances', () => {
    expect(presses).toHaveLength(5_000);
    expect(presses.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  });

  it('is the same for the same seed, and another for another', () => {
    expect(crowdOf(CROWD)).toEqual(presses);
    expect(crowdOf({ ...CROWD, seed: 8 })).not.toEqual(presses);
  });

  it('is made of as many users as there are to be, who come all the time', () => {
    expect(new Set(presses.map(({ user }) => user)).size).toBe(3_000);
    const late = presses.slice(4_500).map(({ user }) => user);
    expect(Math.max(...late)).toBeGreaterThan(2_900);
    expect(new Set(presses.slice(0, 500).map(({ user }) => user)).size).toBeLessThan(400);
  });

  it('has users who press twice within a quarter of a second', () => {
    const twice = Map.groupBy(presses, ({ user }) => user);
    const clicks = [...twice].filter(([user]) => user % 10 === 0 && user < 2_000);
    const quick = clicks.filter(([, [first, second]]) => {
      return first !== undefined && second !== undefined && second.atMs - first.atMs <= 250;
    });
    expect(quick.length).toBeGreaterThan(clicks.length * 0.9);
  });

  it('is smaller than it could be when there is no time for all', () => {
    const few = crowdOf({ ...CROWD, users: 1_000_000 });
    expect(few).toHaveLength(5_000);
  });

  it('has some who give up', () => {
    const tempers = Array.from({ length: 100 }, (_, user) => temperOf(user));
    expect(tempers.filter((temper) => temper === 'gives up')).toHaveLength(5);
  });
});

describe('the options', () => {
  it('are those of a spike unless told otherwise', () => {
    expect(readOptions([])).toEqual({
      crowd: { rate: 3_000, seconds: 30, users: 60_000, seed: 1 },
      quantity: 20_000,
      faults: [],
      tellsPeople: false,
      remote: undefined,
      isQuiet: false,
      out: 'reports',
    });
  });

  it('spread faults over the time, unless they say when', () => {
    expect(readOptions(['--fault', 'kafka-kill,valkey-flush@25']).faults).toEqual([
      { name: 'kafka-kill', atSeconds: 10 },
      { name: 'valkey-flush', atSeconds: 25 },
    ]);
  });

  it.each([
    [['--rate', 'fast'], '--rate fast is not a whole number from 1 to 100000'],
    [['--seconds', '0'], '--seconds 0 is not'],
    [['--fault', 'kafka-tickle'], 'there is no fault kafka-tickle; there are kafka-kill, '],
    [['--fault', 'kafka-kill@31'], '--fault kafka-kill@ 31 is not'],
    [
      ['--target', 'https://a.example', '--issuer', 'https://b.example', '--quiet'],
      'alarms of a deployed environment are CloudWatch’s: no --quiet',
    ],
    [['--target', 'https://a.example'], '--target and --issuer go together'],
    [['--target', 'ftp://a', '--issuer', 'https://b'], '--target ftp://a is not an http'],
    [
      ['--target', 'https://a', '--issuer', 'https://b', '--fault', 'kafka-kill'],
      'faults are for the local stack',
    ],
    [['--speed', '1'], "Unknown option '--speed'"],
  ])('are refused with a sentence: %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});

const BEGUN_AT = Date.parse('2026-11-27T00:00:00Z');

function claim(intendedMs: number, takesMs: number, changes: Partial<ClaimEntry> = {}): ClaimEntry {
  return {
    kind: 'claim',
    couponId: 'q1w2e3r4t5y6',
    userId: 'u1',
    status: 202,
    sentAt: BEGUN_AT + intendedMs,
    receivedAt: BEGUN_AT + intendedMs + takesMs,
    intendedMs,
    answeredMs: intendedMs + takesMs,
    attempt: 0,
    ...changes,
  };
}

describe('the figures', () => {
  it('count the time from the intended start, and leave out who got no answer', () => {
    const entries = Array.from({ length: 100 }, (_, i) => claim(0, i + 1));
    const without = claim(0, 15_000, { status: undefined });
    expect(latencyOf([...entries, without])).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
    expect(latencyOf([without])).toBeUndefined();
  });

  it('belong to the second in which a press was due, and no second is left out', () => {
    const refused = { status: 409, code: 'sold_out' };
    const seconds = secondsOf([claim(10, 5), claim(990, 5_000), claim(2_000, 1, refused)]);
    expect(seconds.map(({ answers }) => answers)).toEqual([
      { '202': 2 },
      {},
      { '409 sold_out': 1 },
    ]);
    expect(seconds[1]?.latency).toBeUndefined();
  });

  it('tell of each fault how long it took until nobody was turned away any more', () => {
    const away = { status: 503, code: 'gate_closed' };
    const claims = [claim(900, 10, away), claim(1_500, 10, away), claim(6_000, 10, away)];
    const strikes = [
      { name: 'valkey-flush' as const, struckAt: BEGUN_AT + 5_000, healedAt: BEGUN_AT + 5_100 },
      { name: 'kafka-kill' as const, struckAt: BEGUN_AT + 1_000, healedAt: BEGUN_AT + 3_000 },
    ];
    expect(outcomesOf(strikes, claims, BEGUN_AT)).toEqual([
      { name: 'kafka-kill', atSeconds: 1, brokenMs: 2_000, recoveryMs: 0, turnedAway: 1 },
      { name: 'valkey-flush', atSeconds: 5, brokenMs: 100, recoveryMs: 910, turnedAway: 1 },
    ]);
  });
});

describe('the report', () => {
  const invariants = [
    { name: 'I1', sentence: 'Few <rows>.', checked: 1, violations: [] },
    {
      name: 'I3',
      sentence: 'Nothing is lost.',
      checked: 9,
      violations: ['success </script> is lost'],
    },
    { name: 'I6', sentence: 'All is given.', checked: 0, violations: [] },
  ] as const;
  const report = reportOf({
    begunAt: BEGUN_AT,
    options: readOptions([]),
    couponId: 'q1w2e3r4t5y6',
    claims: [claim(0, 4)],
    redeems: [],
    looks: [{ kind: 'look', issuanceId: 'i', issuedAfterMs: 320 }],
    sights: [],
    faults: [],
    invariants,
    rung: [{ id: 'claim-slow', atMs: 180_000, value: 1_234.5 }],
  });

  it('says that a promise is broken, which, and how', () => {
    expect(report.held).toBe(false);
    const lines = summaryOf(report).join('\n');
    expect(lines).toContain('I3  BROKEN');
    expect(lines).toContain('success </script> is lost');
    expect(lines).toContain('I6  not tried');
    expect(lines).toContain('issued after: p50 320 ms, p99 320 ms, longest 320 ms');
    expect(lines).toMatch(/\nBROKEN: I3$/);
  });

  it('says which alarms would have rung, that none would, or nothing where nobody can know', () => {
    const summary = (rung: typeof report.rung): string => summaryOf({ ...report, rung }).join('\n');
    const page = (rung: typeof report.rung): string =>
      pageOf({ ...report, rung }, { styles: [], scripts: [] });
    expect(summary(report.rung)).toContain('claim-slow would have rung at 1.23e+3');
    expect(page(report.rung)).toContain('<td>claim-slow</td><td>180 s</td>');
    expect(summary([])).toContain('none would have rung');
    expect(page([])).toContain('None would have rung.');
    expect(summary(undefined)).not.toContain('Alarms');
    expect(page(undefined)).not.toContain('Alarms');
  });

  it('is one page that needs nothing else, whatever is in it', () => {
    const page = pageOf(report, { styles: ['p{}'], scripts: ['draw()'] });
    expect(page).toContain('<title>Rehearsal: Broken: I3</title>');
    expect(page).toContain('Few &lt;rows>.');
    expect(page.split('</script>')).toHaveLength(3);
    expect(page).not.toMatch(/(src|href)=/);
  });
});
