import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { checkInvariants } from '../../local/invariants/check-invariants.ts';
import type { RecordedRedeemReply } from '../../local/invariants/facts.ts';
import type { RedeemReply } from '../support/checkout.ts';
import { CleanUp } from '../support/clean-up.ts';
import { Flow } from '../support/flow.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';

const SLOW_MS = 120_000;

const cleanUp = new CleanUp();
let own: OwnServers;
let flow: Flow;
/** Nothing but the superuser could break what is broken here. */
let superuser: LedgerReader;

/** Of a coupon with one issuance that is redeemed, one that was rolled back and one that is not. */
let couponId: string;
let redeemed: string;
let rolledBack: string;
let issued: string;
let first: RedeemReply;
let undone: RedeemReply;

beforeAll(async () => {
  own = cleanUp.add(await startOwnServers(), (started) => started.remove());
  flow = cleanUp.add(await Flow.startOn(own), (started) => started.remove());
  const { databaseAdminUrl } = own.endpoints;
  superuser = cleanUp.add(new LedgerReader(databaseAdminUrl), (opened) => opened.close());
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

beforeEach(async () => {
  const { checkout } = flow;
  couponId = await flow.createCoupon();
  redeemed = await flow.issue(couponId, 'user-1');
  rolledBack = await flow.issue(couponId, 'user-2');
  issued = await flow.issue(couponId, 'user-3');
  checkout.replies.length = 0;
  checkout.rollbacks.length = 0;
  first = await checkout.redeem(redeemed, 'order-1');
  await checkout.redeem(redeemed, 'order-1');
  await checkout.redeem(redeemed, 'order-2');
  undone = await checkout.redeem(rolledBack, 'order-1');
  await checkout.rollBack(undone.redemption?.id ?? '');
  await checkout.redeem(rolledBack, 'order-1');
  await checkout.redeem(issued, 'order-1', { currency: 'USD' });
  expect(
    (await flow.invariants(couponId)).filter(({ violations }) => violations.length > 0),
  ).toEqual([]);
}, SLOW_MS);

/** All that I7 says is broken; the other invariants must say nothing. */
async function broken(
  replies: readonly RecordedRedeemReply[] = flow.checkout.replies,
): Promise<string> {
  const { kafka, topic, group, valkey: valkeyUrl, databaseUrl } = flow.stack.endpoints;
  const reports = await checkInvariants({
    couponIds: [couponId],
    replies: flow.shoppers.replies,
    redeemReplies: replies,
    rollbackReplies: flow.checkout.rollbacks,
    databaseUrl,
    brokers: kafka.split(','),
    topic,
    group,
    valkeyUrl,
  });
  const found = reports.filter(({ violations }) => violations.length > 0);
  expect(found.map(({ name }) => name)).toEqual(['I7']);
  return found.flatMap(({ violations }) => violations).join('\n');
}

/** Past the triggers that refuse it. */
const force = (statement: string): Promise<number> =>
  superuser.run(`BEGIN; SET LOCAL session_replication_role = replica; ${statement}; COMMIT`);

const copy = (ofId: string, changes: { id: string; order: string; live: boolean }): string =>
  `INSERT INTO redemptions SELECT '${changes.id}', issuance_id, coupon_id, '${changes.order}',
     discount, payable, currency, allocations, redeemed_at, redeemed_by, ${changes.live}
   FROM redemptions WHERE id = '${ofId}'`;

const idOf = ({ redemption }: RedeemReply): string => redemption?.id ?? '';

/** What was told, but for the changes to the first reply to the order's first redemption. */
function told(changes: Partial<RecordedRedeemReply>): RecordedRedeemReply[] {
  return flow.checkout.replies.map((reply) => (reply === first ? { ...reply, ...changes } : reply));
}

describe('the invariant checker', () => {
  it('finds an issuance with two live redemptions', async () => {
    await superuser.run('DROP INDEX one_live_redemption');
    const second = 'T'.repeat(22);
    try {
      await superuser.run(copy(idOf(first), { id: second, order: 'order-9', live: true }));
      expect(await broken()).toBe(`issuance ${redeemed} has 2 live redemptions`);
    } finally {
      await force(`DELETE FROM redemptions WHERE id = '${second}'`);
      await superuser.run(
        'CREATE UNIQUE INDEX one_live_redemption ON redemptions (issuance_id) WHERE live',
      );
    }
  });

  it('finds an order that redeemed an issuance twice', async () => {
    await superuser.run('ALTER TABLE redemptions DROP CONSTRAINT one_redemption_an_order');
    const second = 'U'.repeat(22);
    try {
      await superuser.run(copy(idOf(undone), { id: second, order: 'order-1', live: false }));
      await superuser.run(`INSERT INTO redemption_rollbacks VALUES ('${second}', now(), 'x')`);
      expect(await broken()).toContain(
        `issuance ${rolledBack} was redeemed by order order-1 2 times`,
      );
    } finally {
      await force(
        `DELETE FROM redemption_rollbacks WHERE redemption_id = '${second}';
         DELETE FROM redemptions WHERE id = '${second}'`,
      );
      await superuser.run(
        'ALTER TABLE redemptions ADD CONSTRAINT one_redemption_an_order UNIQUE (issuance_id, order_id)',
      );
    }
  });

  it('finds states that say something else than the redemptions', async () => {
    await superuser.run(`UPDATE issuances SET state = 'issued' WHERE id = '${redeemed}'`);
    await superuser.run(`UPDATE issuances SET state = 'redeemed' WHERE id = '${issued}'`);
    const text = await broken();
    expect(text).toContain(`issuance ${redeemed} is issued, but has a live redemption`);
    expect(text).toContain(`issuance ${issued} is redeemed, but has no live redemption`);
  });

  it('finds a redemption that was told and is gone', async () => {
    await force(`DELETE FROM redemptions WHERE id = '${idOf(first)}'`);
    expect(await broken()).toContain(
      `redemption ${idOf(first)} was told, but is not in PostgreSQL`,
    );
  });

  it.each([
    ['discount', 'discount = discount + 1'],
    ['payable', 'payable = 0'],
    ['allocations', `allocations = '[1]'`],
    ['redeemedAt', `redeemed_at = redeemed_at + interval '1 ms'`],
  ])('finds a redemption that was told with another %s', async (field, change) => {
    await force(`UPDATE redemptions SET ${change} WHERE id = '${idOf(first)}'`);
    const sentence = `redemption ${idOf(first)} was told with another ${field} than its row's`;
    expect(await broken()).toBe(sentence);
  });

  it('finds an end without a rollback, and a rollback without an end', async () => {
    await superuser.run(`UPDATE redemptions SET live = false WHERE id = '${idOf(first)}'`);
    await superuser.run(`UPDATE issuances SET state = 'issued' WHERE id = '${redeemed}'`);
    expect(await broken()).toBe(`redemption ${idOf(first)} is not live, and not rolled back`);
    await superuser.run(`INSERT INTO redemption_rollbacks VALUES ('${idOf(first)}', now(), 'x')`);
    await superuser.run(`UPDATE issuances SET state = 'redeemed' WHERE id = '${redeemed}'`);
    await force(`UPDATE redemptions SET live = true WHERE id = '${idOf(first)}'`);
    expect(await broken()).toBe(`redemption ${idOf(first)} is live, but rolled back`);
  });

  it('finds a rollback that was told and is gone', async () => {
    const id = idOf(undone);
    await force(`DELETE FROM redemption_rollbacks WHERE redemption_id = '${id}'`);
    expect(await broken()).toContain(`redemption ${id} was told to be rolled back, and is not`);
  });

  it('finds a replay that is told another way, or as if it were the first', async () => {
    const { redemption } = first;
    if (redemption === undefined) throw new Error('not redeemed');
    const other = await broken(told({ redemption: { ...redemption, id: 'V'.repeat(22) } }));
    expect(other).toContain(
      `issuance ${redeemed} was redeemed by order order-1 in 2 different ways`,
    );
    expect(other).toContain(`redemption ${'V'.repeat(22)} was told with another id than its row's`);
    const twice = await broken([...flow.checkout.replies, { ...first }]);
    expect(twice).toContain('for the first time 2 times');
  });

  it('finds an order that is refused after it has redeemed, or told of a rollback that there is not', async () => {
    const later = first.receivedAt + 60_000;
    for (const [status, code] of [
      [409, 'already_redeemed'],
      [409, 'order_rolled_back'],
      [422, 'conditions_not_met'],
    ] as const) {
      const refusal = { ...first, status, code, redemption: undefined, sentAt: later };
      expect(await broken([...flow.checkout.replies, refusal])).toBe(
        `issuance ${redeemed} was redeemed by order order-1, and then it was refused (${status} ${code})`,
      );
    }
  });

  it('finds an order that redeems after its rollback', async () => {
    const again = { ...undone, status: 200, sentAt: Date.now() + 60_000 };
    expect(await broken([...flow.checkout.replies, again])).toBe(
      `issuance ${rolledBack} was redeemed by order order-1 after its rollback`,
    );
  });
});
