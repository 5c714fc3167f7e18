import { describe, expect, it, test } from '@jest/globals';
import type { Outcome } from '../../cli/api/attempt.ts';
import { readProblem } from '../../cli/api/problem.ts';
import { painted } from '../../cli/output/line.ts';
import { cells } from '../../cli/output/text.ts';
import { peakRate, rateOver, ratesPerSecond, withSample } from '../../cli/watch/history.ts';
import type { Sample } from '../../cli/watch/history.ts';
import { isOver, nothingSeen, stockOf, withLook, type Sight } from '../../cli/watch/sight.ts';
import { sparkline } from '../../cli/watch/sparkline.ts';
import { plainLine, viewLines } from '../../cli/watch/view.ts';

const NOW = Date.parse('2026-11-27T00:00:00Z');

const at = (second: number, given: number): Sample => ({ at: NOW + second * 1000, given });
const samples = (...all: readonly Sample[]): readonly Sample[] =>
  all.reduce<readonly Sample[]>((sum, sample) => withSample(sum, sample), []);

describe('the rate', () => {
  it('comes from differences, evenly over a time when nobody could look', () => {
    const history = samples(at(0, 0), at(1, 10), at(3, 50), at(4, 50));
    const now = NOW + 4_000;
    expect(ratesPerSecond(history, 6, now)).toEqual([null, null, 10, 20, 20, 0]);
    expect(rateOver(history, 1, now)).toBe(0);
    expect(rateOver(history, 2, now)).toBe(10);
    expect(rateOver(history, 60, now)).toBe(12.5);
    expect(peakRate(history)).toBe(20);
  });

  it('does not depend on when exactly it was asked', () => {
    const history = samples(at(0, 0), at(1.04, 104), at(2.01, 201), at(3.07, 307));
    for (const rate of ratesPerSecond(history, 3, NOW + 3_900)) expect(rate).toBeCloseTo(100);
  });

  it('is not known before there is a difference, and never below zero', () => {
    expect(rateOver([], 1, NOW)).toBeNull();
    expect(rateOver(samples(at(0, 5)), 1, NOW)).toBeNull();
    expect(peakRate(samples(at(0, 5)))).toBeNull();
    // A gate was built anew from what is recorded.
    const rebuilt = samples(at(0, 50), at(1, 40));
    expect([rateOver(rebuilt, 1, NOW), ...ratesPerSecond(rebuilt, 1, NOW)]).toEqual([0, 0]);
  });

  it('is not known when nobody could look for seconds: the curve goes on without it', () => {
    const history = samples(at(0, 0), at(1, 10), at(2, 30));
    expect(rateOver(history, 1, NOW + 4_400)).toBe(20);
    expect(rateOver(history, 1, NOW + 4_600)).toBeNull();
    expect(ratesPerSecond(history, 4, NOW + 4_600)).toEqual([10, 20, null, null]);
    // What happened meanwhile is spread over it once it is known.
    expect(ratesPerSecond(samples(...history, at(5, 60)), 5, NOW + 5_000)).toEqual([
      10, 20, 10, 10, 10,
    ]);
  });

  it('survives clocks: an answer that comes late is passed over, a step back begins anew', () => {
    expect(samples(at(5, 10), at(5, 10), at(4, 99), at(6, 20))).toEqual([at(5, 10), at(6, 20)]);
    expect(samples(at(7200, 10), at(0, 20))).toEqual([at(0, 20)]);
  });

  it('of ten minutes is kept, and no more', () => {
    const long = samples(...Array.from({ length: 2000 }, (_, i) => at(i, i)));
    expect(long.length).toBe(600);
  });
});

test('a sparkline shows the highest full, little as more than nothing, and gaps', () => {
  expect(sparkline([null, 0, 1, 50, 100, 1000])).toBe(' ▁▂▂▂█');
  expect(sparkline([0, 0])).toBe('▁▁');
  expect(sparkline([])).toBe('');
});

const answered = (body: unknown): Outcome => ({
  kind: 'answered',
  reply: {
    url: new URL('http://api'),
    status: 200,
    headers: new Headers(),
    text: typeof body === 'string' ? body : JSON.stringify(body),
  },
});
const away: Outcome = {
  kind: 'setback',
  setback: { kind: 'unavailable', retryAfterMs: 1000 },
  what: '503 gate_closed',
};
const refused = (code: string): Outcome => ({
  kind: 'refused',
  problem: readProblem(404, JSON.stringify({ title: 'There is nothing here', code }), null),
});

const coupon = (changes: object = {}): Outcome =>
  answered({
    id: 'q1w2e3r4t5y6',
    name: '선착순 Opening day 5,000',
    state: 'open',
    quantity: 1000,
    issued: 690,
    remaining: 310,
    issueStartsAt: '2026-11-26T23:00:00Z',
    issueEndsAt: '2026-11-27T02:14:00Z',
    serverTime: new Date(NOW).toISOString(),
    ...changes,
  });
const stats = (changes: object = {}): Outcome =>
  answered({
    couponId: 'q1w2e3r4t5y6',
    serverTime: new Date(NOW).toISOString(),
    quantity: 1000,
    gate: { state: 'open', since: '2026-11-26T23:00:00Z', given: 712, remaining: 288 },
    issuances: { accepted: 22, issued: 640, held: 12, redeemed: 38, expired: 0, revoked: 0 },
    rejections: {
      since: '2026-11-26T23:00:00Z',
      ...{ coupon_paused: 12, sold_out: 0, issue_not_started: 123456, user_limit_reached: 7 },
    },
    lag: { unrecorded: 22, pending: 3 },
    ...changes,
  });
const later = (seconds: number, given: number): object => ({
  serverTime: new Date(NOW + seconds * 1000).toISOString(),
  gate: { state: 'open', given, remaining: 1000 - given },
});

/** A minute of an event, seen each second. */
const event: Sight = Array.from({ length: 60 }, (_, i) => i).reduce(
  (sight, i) =>
    withLook(sight, coupon(), stats(later(i - 59, 712 - (59 - i) * 11)), NOW + (i - 59) * 1000),
  nothingSeen,
);

const lines = (sight: Sight, width: number, now = NOW, colours = false): string[] =>
  viewLines(sight, now, width).map((line) => painted(line, { width, colours }));

describe('the view of an event', () => {
  it('shows what is left, how fast it goes, what became of it and what is refused', () => {
    expect(lines(event, 80)).toEqual([
      '선착순 Opening day 5,000  open, ends in 2 h 14 min  q1w2e3r4t5y6',
      '',
      `  ${'█'.repeat(51)}${'░'.repeat(21)}`,
      '  712 of 1,000 given (71.2 %), 288 left',
      '  a second 11, at most 11, sold out in about 26 s',
      `  ${' '.repeat(17)}${'█'.repeat(59)}`,
      '',
      '  accepted 22  issued 640  held 12  redeemed 38  expired 0  revoked 0',
      '  refused 123,475 since 2026-11-26 23:00:00 UTC',
      '    issue_not_started 123,456  coupon_paused 12  user_limit_reached 7',
      '  not recorded yet 22  not in the log yet 3  gate open',
      '',
      '  as of 2026-11-27 00:00:00 UTC',
    ]);
  });

  test.each([20, 40, 80, 200])('fits into %i cells, and says the same', (width) => {
    const seen = lines(event, width);
    for (const line of seen) expect(cells(line)).toBeLessThanOrEqual(width);
    if (width < 40) return;
    const text = seen.join(' ').replaceAll(/\s+/g, ' ');
    for (const figure of ['712', '288 left', 'issued 640', 'redeemed 38', '123,475', '26 s']) {
      expect(text).toContain(figure);
    }
    expect(text).toContain('gate open');
    expect(seen.join('')).not.toContain('\u001b');
  });

  it('says the same with colours', () => {
    const plain = lines(event, 80, NOW, true).map((line) => line.replaceAll(/\u001b\[\d+m/g, ''));
    expect(plain).toEqual(lines(event, 80));
    expect(lines(event, 80, NOW, true)).not.toEqual(plain);
  });

  it('is there before anything is known, and says so', () => {
    expect(lines(nothingSeen, 80)[0]).toBe('Waiting for the API');
    expect(lines(nothingSeen, 40).join('\n')).toContain('accepted –');
  });

  it('counts the time by the clock of the API', () => {
    const ahead = withLook(
      nothingSeen,
      coupon({ state: 'scheduled', issueStartsAt: '2026-11-27T00:00:30Z' }),
      stats(),
      NOW - 3_600_000,
    );
    expect(lines(ahead, 80, NOW - 3_600_000)[0]).toContain('scheduled, starts in 30 s');
    expect(lines(ahead, 80, NOW - 3_590_000)[0]).toContain('scheduled, starts in 20 s');
  });

  it('keeps the old figures while the API is away, and says how old they are', () => {
    const first = withLook(event, away, away, NOW + 5_000);
    const second = withLook(first, away, away, NOW + 9_000);
    const text = lines(second, 80, NOW + 10_000).join('\n');
    expect(text).toContain('712 of 1,000 given');
    expect(text).toContain('  503 gate_closed\n  for 5 s; asking again, what is shown is 10 s old');
    const healed = withLook(second, coupon(), stats(later(11, 712)), NOW + 11_000);
    expect(healed.trouble).toBeNull();
    expect(lines(healed, 80).join('\n')).not.toContain('asking again');
  });

  it('says so when an answer takes long', () => {
    expect(lines(event, 80, NOW + 3_000).join('\n')).not.toContain('no answer yet');
    expect(lines(event, 80, NOW + 9_000).join('\n')).toContain('no answer yet\n  for 9 s;');
  });

  it('goes by the rows where there are no figures of the gate, and says why', () => {
    const seen = withLook(nothingSeen, coupon(), refused('not_found'), NOW);
    expect(stockOf(seen)).toEqual({ quantity: 1000, given: 690, left: 310 });
    expect(lines(seen, 80).join('\n')).toContain('no figures: There is nothing here');
    expect(lines(seen, 80).join('\n')).toContain('gate –');
  });

  it('shows a closed gate with its reason; the rows stand in for its count', () => {
    const closed = { gate: { state: 'closed', why: 'building' }, rejections: null, lag: null };
    const seen = withLook(event, coupon(), stats(closed), NOW + 1_000);
    expect(lines(seen, 80).join('\n')).toContain('gate closed: building');
    expect(stockOf(seen)).toEqual({ quantity: 1000, given: 690, left: 310 });
    expect(seen.samples).toEqual(event.samples);
  });

  it('never shows a full bar with a unit left, nor an empty one with a unit given', () => {
    const bar = (given: number): string => {
      const figures = stats({
        quantity: 1e6,
        gate: { state: 'open', given, remaining: 1e6 - given },
      });
      return lines(withLook(nothingSeen, coupon(), figures, NOW), 80)[2] ?? '';
    };
    expect(bar(0)).not.toContain('█');
    expect(bar(1).match(/█/g)).toHaveLength(1);
    expect(bar(999_999).match(/░/g)).toHaveLength(1);
    expect(bar(1_000_000)).not.toContain('░');
  });

  it('takes a page that is no JSON for trouble, and a no for the end', () => {
    expect(withLook(event, answered('<html>'), stats(), NOW)).toMatchObject({
      trouble: { what: 'the answer is not JSON', since: NOW },
      coupon: { id: 'q1w2e3r4t5y6' },
    });
    expect(withLook(event, refused('coupon_not_found'), stats(), NOW).refused).toMatchObject({
      code: 'coupon_not_found',
    });
  });
});

test('a plain line has the same figures, without separators', () => {
  expect(plainLine(event, NOW)).toBe(
    '2026-11-27T00:00:00Z  open  given 712/1000  left 288  rate 11/s  accepted 22  issued 640  ' +
      'held 12  redeemed 38  refused 123475  unrecorded 22  pending 3  gate open',
  );
  expect(plainLine(withLook(nothingSeen, away, away, NOW), NOW)).toContain(
    '–  given –/–  left –  rate –/s',
  );
  expect(plainLine(withLook(event, away, stats(), NOW), NOW)).toMatch(/TROUBLE 503 gate_closed$/);
});

test.each([
  [{ state: 'open' }, 288, false],
  [{ state: 'paused' }, 288, false],
  [{ state: 'open' }, 0, true],
  [{ state: 'closed' }, 288, true],
  [{ state: 'ended' }, 288, true],
])('%j with %i left: over is %s', (changes, remaining, over) => {
  expect(
    isOver(
      withLook(nothingSeen, coupon(changes), stats({ gate: { state: 'open', remaining } }), NOW),
    ),
  ).toBe(over);
});
