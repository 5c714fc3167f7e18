import type { Mutation } from '../mutation.ts';

const ROWS = 'lambdas/adapters/postgres/redemption-rows.ts';
const REDEEM = 'lambdas/adapters/postgres/redemption-redeem.ts';
const DECISION = 'lambdas/domain/redeem-decision.ts';
const LEDGER = 'test/contract/redemption-ledger.test.ts';
const RACES = 'test/contract/redemption-races.test.ts';

export const redeemMutations: readonly Mutation[] = [
  {
    name: 'An issuance is redeemed whatever its state',
    loss: 'What was revoked is used all the same, and what was redeemed is left to the index behind it.',
    file: ROWS,
    find: `(state = 'issued'
    OR (state = 'held' AND (hold_order = $2 OR held_until <= clock_timestamp())))
  AND `,
    replace: '',
    caughtBy: { file: LEDGER, title: 'is not made of what is revoked' },
  },
  {
    name: 'A hold keeps nobody away',
    loss: 'The coupon is gone when the order that reserved it is paid.',
    file: ROWS,
    find: `(hold_order = $2 OR held_until <= clock_timestamp())`,
    replace: `held_until IS NOT NULL`,
    caughtBy: { file: LEDGER, title: 'keeps other orders away, and not its own' },
  },
  {
    name: 'A hold that has lapsed still holds',
    loss: 'An order that was never paid keeps the coupon from its owner for good.',
    file: ROWS,
    find: `(hold_order = $2 OR held_until <= clock_timestamp())`,
    replace: `hold_order = $2`,
    caughtBy: { file: LEDGER, title: 'that has lapsed is as none' },
  },
  {
    name: 'The validity is not looked at by the statement',
    loss: 'What expired between reading and writing is used.',
    file: ROWS,
    find: `
  AND valid_from <= clock_timestamp() AND valid_until > clock_timestamp()`,
    replace: '',
    caughtBy: { file: LEDGER, title: 'is made inside the validity only, by the database’s clock' },
  },
  {
    name: 'A shopper redeems whatever they know the id of',
    loss: 'One user uses the coupon of another, or of one who was erased.',
    file: REDEEM,
    find: `AND ($3::text IS NULL OR user_id = $3)`,
    replace: `AND ($3::text IS NULL OR user_key IS NOT NULL)`,
    caughtBy: {
      file: LEDGER,
      title: 'by a shopper is of their own issuance only, also if it was erased since',
    },
  },
  {
    name: 'Shoppers redeem coupons that only the shop may',
    loss: 'A shopper attests their own order, and the conditions of use mean nothing.',
    file: 'lambdas/functions/redeem/redeem-issuance.ts',
    find: `if (ownerId !== undefined && !coupon.selfRedeem) {`,
    replace: `if (ownerId === '' && !coupon.selfRedeem) {`,
    caughtBy: {
      file: RACES,
      title: 'nobody but the shop redeems what shoppers may not',
    },
  },
  {
    name: 'A decision to redeem lasts for ever',
    loss: 'A frozen process redeems on Monday what is for Sundays only.',
    file: REDEEM,
    find: `interval '5 seconds'`,
    replace: `interval '5 days'`,
    caughtBy: {
      file: LEDGER,
      title: 'is not made by a decision of long ago: hours and weekdays may have passed',
    },
  },
  {
    name: 'The order that redeemed is told "already redeemed"',
    loss: 'A shop whose reply was lost charges the full price for a coupon that is used up.',
    file: DECISION,
    find: `  const { coupon, ofOrder, readAt } = reading;
  if (isLive(ofOrder)) return { kind: 'replayed', redemption: ofOrder };
`,
    replace: `  const { coupon, readAt } = reading;
`,
    caughtBy: {
      file: RACES,
      title: 'tries of the same order one redeems, and the others are told the same',
    },
  },
  {
    name: 'An order that was rolled back may redeem again',
    loss: 'A cancelled order that is sent again gets its discount without being paid anew.',
    file: DECISION,
    find: `  if (ofOrder?.rolledBackAt !== undefined) found.push('order_rolled_back');\n`,
    replace: '',
    caughtBy: { file: 'test/domain/redeem-decision.test.ts', title: 'which is %s' },
  },
  {
    name: 'A rollback frees the issuance whoever redeemed it since',
    loss: 'The rollback of one order, sent twice, gives the coupon of another order away: it is used a third time.',
    file: 'lambdas/adapters/postgres/redemption-rollback.ts',
    find: `    UPDATE issuances SET state = 'issued' FROM ended
    WHERE issuances.id = ended.issuance_id AND state = 'redeemed')`,
    replace: `    UPDATE issuances SET state = 'issued' FROM redemptions
    WHERE redemptions.id = $1 AND issuances.id = redemptions.issuance_id AND state = 'redeemed')`,
    caughtBy: { file: LEDGER, title: 'is told again as it was, and frees nothing a second time' },
  },
  {
    name: 'A hold is released by any order',
    loss: 'The coupon that one order reserved is free for the next before it is paid.',
    file: 'lambdas/adapters/postgres/redemption-hold.ts',
    find: `AND state = 'held' AND hold_order = $2 AND held_until`,
    replace: `AND state = 'held' AND hold_order >= left($2, 0) AND held_until`,
    caughtBy: { file: LEDGER, title: 'is released by its own order, once' },
  },
  {
    name: 'What is being paid for is revoked',
    loss: 'An order was promised a price, and pays another.',
    file: 'lambdas/adapters/postgres/issuance-revoke.ts',
    find: `OR (state = 'held' AND held_until <= clock_timestamp())`,
    replace: `OR state = 'held'`,
    caughtBy: { file: LEDGER, title: 'is not of what is held, unless the hold has lapsed' },
  },
  {
    name: 'The schema lets an issuance be redeemed twice',
    loss: 'Nothing behind the code stops a second use.',
    file: 'db/migrations/0003_redemptions.sql',
    find: `CREATE UNIQUE INDEX one_live_redemption`,
    replace: `CREATE INDEX one_live_redemption`,
    caughtBy: {
      file: 'test/contract/redemption-constraints.test.ts',
      title: 'a second live redemption of an issuance',
    },
  },
  {
    name: 'A percentage is rounded up',
    loss: 'Each order gets a little more off than the operator said.',
    file: 'lambdas/domain/discount.ts',
    find: `Number((BigInt(base) * BigInt(discount.percent)) / 100n)`,
    replace: `Math.ceil((base * discount.percent) / 100)`,
    caughtBy: { file: 'test/domain/conditions-table.test.ts', title: '$row.section: $name' },
  },
];
