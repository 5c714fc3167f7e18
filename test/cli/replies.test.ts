import { describe, expect, it, test } from '@jest/globals';
import { joinCsvPages, nextLink } from '../../cli/api/csv-pages.ts';
import { readCoupon } from '../../cli/api/coupon.ts';
import { readGrant } from '../../cli/api/grant.ts';
import { readIssuance } from '../../cli/api/issuance.ts';
import { readProblem } from '../../cli/api/problem.ts';
import { readStats } from '../../cli/api/stats.ts';
import {
  PATIENCE_MS,
  pauseBeforeRetry,
  REFUSED_PATIENCE_MS,
  retryAfterMs,
  setbackOf,
} from '../../cli/api/retry.ts';

const joined = (...pages: readonly string[]): string => {
  const join = joinCsvPages();
  return pages.map((page) => join.append(page)).join('');
};

describe('pages of CSV', () => {
  it('have one header together, wherever the API puts it', () => {
    expect(joined('id,user\r\n1,a\r\n', '2,b\r\n', '3,c\r\n')).toBe(
      'id,user\r\n1,a\r\n2,b\r\n3,c\r\n',
    );
    expect(joined('id,user\n1,a\n', 'id,user\n2,b\n')).toBe('id,user\n1,a\n2,b\n');
    expect(joined('\ufeffid\n1\n', '\ufeffid\n2\n')).toBe('\ufeffid\n1\n2\n');
  });

  it('end with a line break each, and may be empty', () => {
    expect(joined('id\n1', '2')).toBe('id\n1\n2\n');
    expect(joined('id\n', '', '1\n', 'id\n')).toBe('id\n1\n');
    expect(joined('')).toBe('');
  });

  it('are counted without the header', () => {
    const join = joinCsvPages();
    join.append('id\n');
    expect(join.lines).toBe(0);
    join.append('1\n2\n');
    join.append('id\n3');
    expect(join.lines).toBe(3);
  });

  test.each([
    ['</v1/x?cursor=2>; rel="next"', '/v1/x?cursor=2'],
    ['</first>; rel="first", </2?a=1,2>; rel=next', '/2?a=1,2'],
    ['</2>; title="a, b"; rel="prev next"', '/2'],
    ['</1>; rel="prev"', undefined],
    ['</1>; rel="nextish"', undefined],
    [null, undefined],
  ])('go on where %s says', (header, link) => {
    expect(nextLink(header)).toBe(link);
  });
});

describe('asking again', () => {
  const pause = (attempts: number, elapsed = 0, chance = 1): number | undefined =>
    pauseBeforeRetry({ kind: 'lost' }, attempts, elapsed, chance);

  it('waits longer each time, not all at the same moment, up to a limit', () => {
    expect([1, 2, 3, 4, 5, 6].map((n) => pause(n))).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
    expect(pause(3, 0, 0)).toBe(1000);
  });

  it('waits at least as long as it is asked to, and not in vain', () => {
    const asked = (ms: number | undefined, elapsed = 0): number | undefined =>
      pauseBeforeRetry({ kind: 'unavailable', retryAfterMs: ms }, 1, elapsed, 1);
    expect([asked(undefined), asked(0), asked(3000)]).toEqual([500, 500, 3000]);
    expect(asked(PATIENCE_MS)).toBe(PATIENCE_MS);
    expect(asked(PATIENCE_MS, 1)).toBeUndefined();
    expect(asked(3_600_000)).toBeUndefined();
  });

  it('ends when patience does, sooner where nobody listens, at once where it is hopeless', () => {
    expect(pause(9, PATIENCE_MS - 8000)).toBe(8000);
    expect(pause(9, PATIENCE_MS - 7999)).toBeUndefined();
    expect(pauseBeforeRetry({ kind: 'refused' }, 2, REFUSED_PATIENCE_MS - 1000, 1)).toBe(1000);
    expect(pauseBeforeRetry({ kind: 'refused' }, 2, REFUSED_PATIENCE_MS - 999, 1)).toBeUndefined();
    expect(pauseBeforeRetry({ kind: 'hopeless' }, 1, 0, 1)).toBeUndefined();
  });

  test.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOTFOUND', 'hopeless'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'hopeless'],
    ['CERT_HAS_EXPIRED', 'hopeless'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'hopeless'],
    ['EAI_AGAIN', 'lost'],
    ['ECONNRESET', 'lost'],
    ['UND_ERR_SOCKET', 'lost'],
    [undefined, 'hopeless'],
  ])('takes %s for %s', (code, kind) => {
    expect(setbackOf(code)).toEqual({ kind });
  });

  test.each([
    ['2', 2000],
    ['0', 0],
    ['Fri, 27 Nov 2026 00:00:05 GMT', 5000],
    ['Fri, 27 Nov 2020 00:00:05 GMT', 0],
    ['soon', undefined],
    [null, undefined],
  ])('reads Retry-After: %s', (header, ms) => {
    expect(retryAfterMs(header, Date.parse('2026-11-27T00:00:00Z'))).toBe(ms);
  });
});

describe('what the API answers', () => {
  it('may be anything: what is not understood is not known', () => {
    for (const answered of [
      undefined,
      null,
      5,
      'text',
      [],
      {},
      { issuances: 7, lag: 'x', gate: [] },
    ]) {
      expect(readStats(answered)).toMatchObject({
        given: null,
        states: { accepted: null, revoked: null },
        rejections: null,
        lag: null,
        gate: null,
      });
      expect(readCoupon(answered)).toMatchObject({ id: null, state: null, discount: null });
      expect(readGrant(answered)).toMatchObject({ id: null, pending: null });
      expect(readIssuance(answered)).toMatchObject({ id: null, hold: null });
    }
  });

  it('is read where it is understood', () => {
    expect(
      readStats({
        serverTime: '2026-11-27T00:00:00Z',
        quantity: 5,
        issuances: { issued: 2, accepted: 'one', more: 4 },
        rejections: { since: 'then', sold_out: 4, 'new\u0007': 1, more: 'text' },
        lag: { unrecorded: 1 },
        gate: { state: 'closed', why: 'being built\u001b[2J', given: 3, remaining: -1 },
      }),
    ).toMatchObject({
      serverTime: Date.parse('2026-11-27T00:00:00Z'),
      given: 3,
      remaining: null,
      states: { issued: 2, accepted: null },
      rejections: {
        since: null,
        byReason: [
          { name: 'sold_out', figure: 4 },
          { name: 'new�', figure: 1 },
        ],
      },
      lag: { unrecorded: 1, pending: null },
      gate: { state: 'closed', why: 'being built�[2J' },
    });
    expect(readStats({ rejections: null, gate: null })).toMatchObject({ rejections: null });
  });

  it('is a problem with all that it says, or with what little there is', () => {
    const text = JSON.stringify({
      title: 'Not valid',
      detail: 'Not valid at all.',
      code: 'invalid_request',
      requestId: 'r1',
      errors: [{ pointer: '/name', detail: 'is missing' }, 5],
    });
    expect(readProblem(400, text, 'r2')).toMatchObject({
      code: 'invalid_request',
      requestId: 'r1',
    });
    expect(readProblem(502, '<html>', 'r2')).toMatchObject({
      title: 'The answer was HTTP 502, and not of the API',
      code: null,
      requestId: 'r2',
    });
    expect(readProblem(500, '{}', null)).toMatchObject({ title: 'HTTP 500', requestId: null });
  });
});
