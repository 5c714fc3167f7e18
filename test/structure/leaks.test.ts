import { describe, expect, it } from '@jest/globals';
import { leaksIn } from '../support/leaks.ts';

describe('what looks for leaks finds', () => {
  const secrets = new Map([['anna', 'a user id']]);

  it.each([
    ['a token', '{"reason":"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.sig"}'],
    ['an authorization', '{"reason":"Basic dXNlcjpwYXNz"}'],
    ['a code', '{"reason":"0123456789ABCDEFGHJKMNPQRS"}'],
    ['an address', '{"reason":"to minji@mail.example"}'],
    ['a URL with a password', '{"reason":"postgres://app:secret@db:5432/coupon"}'],
    ['a user id', 'TypeError: no anna here'],
  ])('%s', (what, line) => {
    expect(leaksIn(`{}\n${line}\n`, secrets)).toEqual([expect.stringContaining(line)]);
    expect(leaksIn(`{}\n${line}\n`, secrets)[0]).toContain(what);
  });

  it('nothing in a line as it should be', () => {
    const line = `{"issuanceId":"couponcoupon_${'A'.repeat(22)}","requestId":"1-6b032c9a-9784039597f0000000000005"}\n`;
    expect(leaksIn(line, secrets)).toEqual([]);
  });
});
