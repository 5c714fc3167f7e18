import { describe, expect, it } from '@jest/globals';
import { pathPattern, targetGroupPicker } from '../../local/alb/rules.ts';

describe('path patterns of an ALB', () => {
  it.each([
    ['/v1/coupons/*/issuances', '/v1/coupons/a/issuances', true],
    ['/v1/coupons/*/issuances', '/v1/coupons/a/b/issuances', true],
    ['/v1/coupons/*/issuances', '/v1/coupons//issuances', true],
    ['/v1/coupons/*/issuances', '/v1/coupons/issuances', false],
    ['/v1/coupons/*/issuances', '/v1/coupons/a/issuances/', false],
    ['/v1/coupons/*/issuances', '/V1/coupons/a/issuances', false],
    ['/v1/coupons/*/issuances', '/v1/coupons/a/%69ssuances', false],
    ['/v1/issuances/*', '/v1/issuances/', true],
    ['/v1/issuances/*', '/v1/issuances', false],
    ['/a?c', '/abc', true],
    ['/a?c', '/a/c', true],
    ['/a?c', '/ac', false],
    ['/a.c', '/abc', false],
    ['/a+(b)$', '/a+(b)$', true],
  ])('%s with %s: %s', (pattern, path, matches) => {
    expect(pathPattern(pattern).test(path)).toBe(matches);
  });
});

describe('the target groups of the route table', () => {
  it.each([
    ['POST', '/v1/coupons/abcdefghijkl/issuances', 'issue'],
    ['GET', '/v1/coupons/abcdefghijkl/issuances', 'manage'],
    ['GET', '/v1/issuances', 'redeem'],
    ['GET', '/v1/issuances/abc/x', 'redeem'],
    ['POST', '/v1/redemptions', 'redeem'],
    ['GET', '/v1/coupons', 'manage'],
    ['GET', '/health', 'manage'],
    ['GET', '/', 'manage'],
  ])('%s %s goes to %s', (method, path, target) => {
    expect(targetGroupPicker()(method, path)).toBe(target);
  });

  it('takes the first rule that matches', () => {
    const pick = targetGroupPicker(
      [
        { function: 'redeem', pathPatterns: ['/a'] },
        { function: 'issue', pathPatterns: ['/*'] },
      ],
      'manage',
    );

    expect(pick('GET', '/a')).toBe('redeem');
    expect(pick('GET', '/b')).toBe('issue');
  });
});
