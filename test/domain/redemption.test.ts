import { describe, expect, it } from '@jest/globals';
import { newCode, newRedemptionId } from '../../lambdas/adapters/crypto/identifiers.ts';
import { isRedemptionId, readCode } from '../../lambdas/domain/redemption.ts';

const CODE = '01AB2CD3EF4GH5JK6MN7PQ8RST';

describe('a code that somebody typed', () => {
  it.each([
    ['as it was shown', CODE],
    ['in small letters', CODE.toLowerCase()],
    ['in groups', '01AB-2CD3-EF4G-H5JK-6MN7-PQ8R-ST'],
    ['with blanks around and in it', `  01AB 2CD3\u00a0EF4GH5JK6MN7\tPQ8RST\n`],
    ['with the dashes of a word processor', '01AB2\u2013CD3EF4GH\u20145JK6MN7PQ8RST'],
    ['with I, L and O, which no code has', 'OiAB2CD3EF4GH5JK6MN7PQ8RST'],
    ['with l for 1', 'olAB2CD3EF4GH5JK6MN7PQ8RST'],
    ['on a Korean keyboard, in full width', '０１ＡＢ２ｃｄ３EF4GH5JK6MN7PQ8RST'],
  ])('is read %s', (_, typed) => {
    expect(readCode(typed)).toBe(CODE);
  });

  it.each(['', CODE.slice(1), `${CODE}0`, CODE.replace('A', 'U'), CODE.replace('A', '가'), '-'])(
    'can be none: %j',
    (typed) => {
      expect(readCode(typed)).toBeUndefined();
    },
  );

  it('is itself, whatever code it is', () => {
    const codes = Array.from({ length: 100 }, newCode);
    expect(codes.map(readCode)).toEqual(codes);
  });
});

it('redemption ids have their shape and do not repeat', () => {
  const ids = Array.from({ length: 1_000 }, newRedemptionId);
  expect(ids.every(isRedemptionId)).toBe(true);
  expect(new Set(ids).size).toBe(1_000);
  expect(['', 'x'.repeat(21), 'x'.repeat(23), `${'x'.repeat(21)}/`].some(isRedemptionId)).toBe(
    false,
  );
});
