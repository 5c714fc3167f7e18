import { expect } from 'expect';
import type { RedeemReply } from '../../support/checkout.ts';
import { until } from '../../support/until.ts';
import type { FaultBench } from '../bench/fault-bench.ts';
import { spoilProduceRequests } from '../bench/kafka-traffic.ts';
import type { FaultRow, Stage } from '../bench/row.ts';

const AT_ONCE = 200;
/** Each order asks as often. */
const TRIES = 2;
const PATIENCE_MS = 30_000;
const UNAVAILABLE = ['503 unavailable', '503 outcome_unknown'];

export const aroundUserRows: readonly FaultRow[] = [
  {
    id: '38',
    title:
      'one user claims 200 times at once, then redeems 200 times, and connections break meanwhile',
    injection:
      "Kafka's and Valkey's connections are cut when the claim is published, PostgreSQL's when an order has redeemed",
    // The crowd is load enough.
    load: { perSecond: 40 },
    answers: UNAVAILABLE,
    says: [],
    rings: {
      any: 'How many of one user’s requests are under way when a connection breaks is chance',
    },
    async strike({ bench, spike }) {
      const user = `${spike.couponId}-crowd`;
      const claims = await claimAtOnce(bench, spike.couponId, user);
      const redeems = await redeemAtOnce(bench, claims.issuanceId);
      spike.healed();
      return Math.min(claims.hits, redeems.hits);
    },
    after: redeemedByOneOrder,
  },
];

/** The cut comes while all wait for the publish of one record. */
async function claimAtOnce(
  { flow, links }: FaultBench,
  couponId: string,
  user: string,
): Promise<{ hits: number; issuanceId: string }> {
  let open = 0;
  let hits = 0;
  const claims = Array.from({ length: AT_ONCE }, async () => {
    open += 1;
    const reply = await flow.shoppers.claim(couponId, user);
    open -= 1;
    return reply;
  });
  const isTheirs = spoilProduceRequests(() => 'cut');
  links.kafka.spoil((bytes, direction, connection) => {
    const verdict = isTheirs(bytes, direction, connection);
    if (hits > 0 || verdict === 'pass' || !bytes.includes(user)) return 'pass';
    hits = open;
    links.valkey.cut();
    return verdict;
  });
  const replies = await Promise.all(claims);
  links.kafka.mend();
  const settled = await flow.shoppers.claimUntilSettled(couponId, user);
  const issuanceId = settled.issuance?.id ?? '';
  const ids = new Set(replies.flatMap(({ issuance }) => issuance?.id ?? []));
  ids.add(issuanceId);
  expect([...ids]).toEqual([issuanceId]);
  const codes = replies.map(({ status, code }) =>
    code === undefined ? status : `${status} ${code}`,
  );
  expect(codes.filter((code) => ![200, 202, ...UNAVAILABLE].includes(code ?? ''))).toEqual([]);
  return { hits, issuanceId };
}

/** The cut comes when the first order's redemption is written, and its reply on the way. */
async function redeemAtOnce(
  { flow, links }: FaultBench,
  issuanceId: string,
): Promise<{ hits: number }> {
  await until('the issuance is recorded', PATIENCE_MS, async () => {
    const reply = await flow.http.get(`/v1/issuances/${issuanceId}`, flow.operatorToken);
    return reply.text.includes('"state":"issued"') || undefined;
  });
  let open = 0;
  let hits = 0;
  const redeeming = new Set<unknown>();
  links.postgres.spoil((bytes, direction, connection) => {
    if (direction === 'requests' && bytes.includes('INSERT INTO redemptions')) {
      redeeming.add(connection);
    }
    if (hits > 0 || direction === 'requests' || !redeeming.has(connection)) return 'pass';
    hits = open;
    links.postgres.cut();
    return 'cut';
  });
  const settled = Array.from({ length: AT_ONCE }, async (_, i) => {
    open += 1;
    const reply = await flow.checkout.redeemUntilSettled(
      issuanceId,
      `order-${Math.floor(i / TRIES)}`,
    );
    open -= 1;
    return reply;
  });
  const replies = await Promise.all(settled);
  links.postgres.mend();
  expect(ordersOf(replies)).toHaveLength(1);
  return { hits };
}

/** Asked again, every order gets the answer that it got. */
async function redeemedByOneOrder({ bench: { flow }, spike }: Stage): Promise<void> {
  const replies = flow.checkout.replies.filter(({ issuanceId }) =>
    issuanceId.startsWith(spike.couponId),
  );
  const [winner] = ordersOf(replies);
  const [issuanceId = ''] = replies.map((reply) => reply.issuanceId);
  expect(await flow.checkout.redeem(issuanceId, winner ?? '')).toMatchObject({ status: 200 });
  expect(await flow.checkout.redeem(issuanceId, 'another')).toMatchObject({
    status: 409,
    code: 'already_redeemed',
  });
}

function ordersOf(replies: readonly RedeemReply[]): string[] {
  const told = replies.filter(({ redemption }) => redemption !== undefined);
  return [...new Set(told.map(({ orderId }) => orderId))];
}
