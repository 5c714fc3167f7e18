import { describe, expect, it } from '@jest/globals';
import { growthSection } from '../../bench/growth/document.ts';
import { keptPace } from '../../bench/growth/one-coupon.ts';

describe('the pace of a coupon that grows', () => {
  it('is that of the last four batches as a share of the first four', () => {
    expect(keptPace([100, 100, 100, 100, 50, 50, 90, 90, 90, 90])).toBe(0.9);
  });

  it('is judged by fewer where there are not eight', () => {
    expect(keptPace([100, 80])).toBe(0.8);
    expect(keptPace([100, 40, 80])).toBe(0.8);
  });
});

describe('its part of the document', () => {
  const stage = { claims: 10_000, rate: 4_012.4, p99: 25.4, lag: 120, valkeyBytesPerClaim: 99.6 };
  const section = growthSection({
    date: '2026-11-29T12:00:00Z',
    machine: '2 × Sample',
    batch: 50_000,
    stages: [{ ...stage, rebuiltAfterS: 4.24 }],
    rates: [4_100, 4_000],
    pace: 0.976,
    spreads: [{ coupons: 10, rate: 3_900, p99: 30, lag: 0 }],
  });

  it('says on what it was measured, and when', () => {
    expect(section).toContain('on 2026-11-29: 2 × Sample;');
    expect(section).toContain('98 % of the first ones');
  });

  it('has a row for each stage, a curve, and a row for each spread', () => {
    expect(section).toMatch(/\| 10,000 \| +4,012 \| 25 ms \| +120 \| +100 \| +4\.2 s \|/);
    expect(section).toContain('line [4100, 4000]');
    expect(section).toMatch(/\| +10 \| +3,900 \| 30 ms \| +0 \|/);
  });
});
