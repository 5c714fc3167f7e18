import { newCouponId } from '../../../lambdas/adapters/crypto/identifiers.ts';
import type { ClaimRecord } from '../../../lambdas/domain/claim-record.ts';
import type { QuarantineReason } from '../../../lambdas/domain/record-plan.ts';
import { recordOf } from '../../support/log-entries.ts';

/** A record that can never become a row. */
export interface Poison {
  readonly reason: QuarantineReason;
  readonly value: Buffer | null;
}

/** Almost all that a broker takes by default (1 MiB). */
const HUGE = 1_000_000;

/**
 * Every kind of it.
 *
 * @param row an issuance that is recorded; another one with its user and ordinal is a conflict
 * @param soldOutId a coupon with no unit left
 */
export function everyPoison(row: ClaimRecord, soldOutId: string): Poison[] {
  const own = { v: 1, ...recordOf(row.couponId, 'poisoner', { acceptedAt: row.acceptedAt }) };
  const bytes: (Buffer | null)[] = [
    null,
    Buffer.alloc(0),
    Buffer.alloc(64, 0),
    Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc0, 0xaf]),
    // A lone continuation byte within what would be a good record.
    Buffer.concat([Buffer.from(JSON.stringify(own).slice(0, -1)), Buffer.from([0x80, 0x7d])]),
    Buffer.from(JSON.stringify(own).slice(0, -20)),
  ];
  const schema: unknown[] = [
    null,
    [],
    'a text',
    {},
    { ...own, v: 2 },
    { ...own, id: undefined },
    { ...own, id: `${row.couponId}_short` },
    { ...own, couponId: soldOutId },
    { ...own, userId: 'a\u0000b' },
    { ...own, userId: '\ud800' },
    { ...own, userId: { name: 'object' } },
    { ...own, userKey: "'; DROP TABLE issuances; --" },
    { ...own, ordinal: 101 },
    { ...own, sequence: -1 },
    { ...own, sequence: 2 ** 31 },
    { ...own, acceptedAt: '2026-11-27T00:00:00Z' },
    { ...own, acceptedAt: 1e300 },
    { ...own, epoch: 0 },
    JSON.parse('{"__proto__": {"v": 1}, "v": 1}'),
  ];
  const huge: (Buffer | string)[] = [
    Buffer.alloc(HUGE, 0xa5),
    JSON.stringify({ ...own, userId: 'x'.repeat(HUGE) }),
    '['.repeat(HUGE),
    '['.repeat(HUGE / 2) + ']'.repeat(HUGE / 2),
  ];
  const conflict = { ...recordOf(row.couponId, 'another digest'), ...withoutId(row) };
  return [
    ...bytes.map(malformed),
    ...schema.map((value) => malformed(Buffer.from(JSON.stringify(value)))),
    ...huge.map((value) => malformed(Buffer.from(value))),
    sound('unknown_coupon', recordOf(newCouponId(), 'somebody')),
    sound('overflow', recordOf(soldOutId, 'one too many')),
    sound('conflict', conflict),
  ];
}

function malformed(value: Buffer | null): Poison {
  return { reason: 'malformed', value };
}

/** What is wrong with it only the ledger can tell. */
function sound(reason: QuarantineReason, record: ClaimRecord): Poison {
  return { reason, value: Buffer.from(JSON.stringify({ v: 1, ...record })) };
}

function withoutId({ id: _, ...rest }: ClaimRecord): Omit<ClaimRecord, 'id'> {
  return rest;
}
