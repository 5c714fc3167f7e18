import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readGates } from '../../local/invariants/read-gates.ts';
import { CleanUp } from '../support/clean-up.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';
import { users, type ClaimReply } from '../support/shoppers.ts';

const SLOW_MS = 180_000;
/** Within this every claim is answered, whatever Kafka does. */
const ANSWER_MS = 5_000;

const servers = new CleanUp();
let own: OwnServers;

beforeAll(async () => {
  own = servers.add(await startOwnServers(), (started) => started.remove());
}, SLOW_MS);

afterAll(() => servers.run(), SLOW_MS);

/** Everybody at once; each reply is to be an honest 503, in time. */
async function claimInVain(
  flow: Flow,
  couponId: string,
  crowd: readonly string[],
): Promise<ClaimReply[]> {
  const replies = await Promise.all(crowd.map((user) => flow.shoppers.claim(couponId, user)));
  for (const { status, code, reply, sentAt, receivedAt } of replies) {
    expect(receivedAt - sentAt).toBeLessThan(ANSWER_MS);
    if (reply === undefined) throw new Error('a claim got no reply');
    expect(status).toBe(503);
    expectProblem(reply, { status: 503, code: code ?? '' });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  }
  return replies;
}

function idsByUser(replies: readonly ClaimReply[]): Record<string, string | undefined> {
  return Object.fromEntries(replies.map(({ userId, issuance }) => [userId, issuance?.id]));
}

/** What passed the gate and is not known to be in Kafka. */
async function pendingIds(flow: Flow, couponId: string): Promise<string[]> {
  const gate = (await readGates(flow.stack.endpoints.valkey, [couponId])).get(couponId);
  if (gate?.kind !== 'open') throw new Error('the gate is closed');
  return [...gate.pending];
}

describe.each([
  { stack: 'in one process', environments: 0, atOnce: 20 },
  // More at once would have to wait in line for one of the four.
  { stack: 'of four processes a function', environments: 4, atOnce: 4 },
])('while Kafka is away, a stack $stack', ({ environments, atOnce }) => {
  const cleanUp = new CleanUp();
  let flow: Flow;
  let ledger: LedgerReader;

  beforeAll(async () => {
    flow = cleanUp.add(await Flow.startOn(own, { environments }), (started) => started.remove());
    const { databaseAdminUrl } = own.endpoints;
    ledger = cleanUp.add(new LedgerReader(databaseAdminUrl), (opened) => opened.close());
  }, SLOW_MS);

  afterAll(() => cleanUp.run(), SLOW_MS);

  it(
    'answers every claim with a 503 in time; when Kafka is back each gets the issuance that was theirs',
    async () => {
      const { shoppers } = flow;
      const early = users('early', atOnce / 2);
      const late = users('late', atOnce);
      const all = [...early, ...late];
      const couponId = await flow.createCoupon({ quantity: all.length });
      await shoppers.prepare([...all, 'too-late']);
      const before = await Promise.all(early.map((user) => shoppers.claim(couponId, user)));
      expect(new Set(before.map(({ status }) => status))).toEqual(new Set([202]));

      const pending = await own.whileStopped('kafka', async () => {
        await claimInVain(flow, couponId, late);
        const again = await claimInVain(flow, couponId, [...early, ...late].slice(0, atOnce));
        // By now it is known that nothing can be published: the gate is not even asked.
        expect(new Set(again.map(({ code }) => code))).toEqual(new Set(['unavailable']));
        return pendingIds(flow, couponId);
      });

      const settle = (): Promise<ClaimReply[]> =>
        Promise.all(all.map((user) => shoppers.claimUntilSettled(couponId, user)));
      const claims = await settle();
      expect(idsByUser(await settle())).toEqual(idsByUser(claims));
      expect(idsByUser(claims)).toMatchObject(idsByUser(before));
      expect(Object.values(idsByUser(claims))).toEqual(expect.arrayContaining(pending));
      expect(new Set(Object.values(idsByUser(claims))).size).toBe(all.length);
      await expectSoldOut(couponId, all.length);
    },
    SLOW_MS,
  );

  it(
    'keeps what passed the gate while Kafka is frozen: claimed again, it is the same issuance',
    async () => {
      const { shoppers } = flow;
      const crowd = users('frozen', atOnce);
      const couponId = await flow.createCoupon({ quantity: atOnce });
      await shoppers.prepare([...crowd, 'too-late']);
      await connectToKafka();

      const pending = await own.whileFrozen('kafka', async () => {
        const replies = await claimInVain(flow, couponId, crowd);
        expect(replies.map(({ code }) => code)).toContain('outcome_unknown');
        return pendingIds(flow, couponId);
      });
      expect(pending.length).toBeGreaterThan(0);

      const claims = await Promise.all(
        crowd.map((user) => shoppers.claimUntilSettled(couponId, user)),
      );
      expect(Object.values(idsByUser(claims))).toEqual(expect.arrayContaining(pending));
      expect(new Set(Object.values(idsByUser(claims))).size).toBe(atOnce);
      await expectSoldOut(couponId, atOnce);
    },
    SLOW_MS,
  );

  it(
    'stores what passed the gate while Kafka is frozen, even if nobody asks again',
    async () => {
      const crowd = users('resigned', 4);
      const couponId = await flow.createCoupon();
      await flow.shoppers.prepare(crowd);
      await connectToKafka();

      const pending = await own.whileFrozen('kafka', async () => {
        await claimInVain(flow, couponId, crowd);
        return pendingIds(flow, couponId);
      });
      expect(pending.length).toBeGreaterThan(0);

      expect(broken(await flow.invariants(couponId))).toEqual([]);
      const rows = (await ledger.rows(couponId)).map(({ id }) => id);
      expect(new Set(rows)).toEqual(new Set(pending));
    },
    SLOW_MS,
  );

  /** So that the next claims pass the gate before they notice that Kafka is gone. */
  async function connectToKafka(): Promise<void> {
    const couponId = await flow.createCoupon({ quantity: atOnce });
    const claims = users('warm', atOnce).map((user) =>
      flow.shoppers.claimUntilSettled(couponId, user),
    );
    await Promise.all(claims);
  }

  async function expectSoldOut(couponId: string, quantity: number): Promise<void> {
    const oneMore = await flow.shoppers.claimUntilSettled(couponId, 'too-late');
    expect(oneMore.code).toBe('sold_out');
    expect(broken(await flow.invariants(couponId))).toEqual([]);
    expect(await ledger.rows(couponId)).toHaveLength(quantity);
  }
});
