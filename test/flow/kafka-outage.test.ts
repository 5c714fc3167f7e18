import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { untilAtRest } from '../../local/invariants/at-rest.ts';
import { readGates } from '../../local/invariants/read-gates.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';
import { users, type ClaimReply } from '../support/shoppers.ts';

const SLOW_MS = 180_000;
/** Within this every claim is answered, whatever Kafka does. */
const ANSWER_MS = 5_000;

let own: OwnServers;

beforeAll(async () => {
  own = await startOwnServers();
}, SLOW_MS);

afterAll(async () => {
  await own.remove();
}, SLOW_MS);

function kafka(): NonNullable<ReturnType<OwnServers['servers']['server']>> {
  const server = own.servers.server('kafka');
  if (server === undefined) throw new Error('no Kafka');
  return server;
}

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
  ['in one process', {}],
  ['of four processes a function', { environments: 4 }],
])('while Kafka is away, a stack %s', (_name, options) => {
  let flow: Flow;
  let ledger: LedgerReader;

  beforeAll(async () => {
    flow = await Flow.startOn(own, options);
    ledger = new LedgerReader(own.servers.endpoints.databaseAdminUrl);
  }, SLOW_MS);

  afterAll(async () => {
    await ledger.close();
    await flow.remove();
  }, SLOW_MS);

  it(
    'answers every claim with a 503 in time; when Kafka is back each gets the issuance that was theirs',
    async () => {
      const { shoppers } = flow;
      const early = users('early', 10);
      const late = users('late', 20);
      const couponId = await flow.createCoupon({ quantity: 30 });
      await shoppers.prepare([...early, ...late, 'too-late']);
      const before = await Promise.all(early.map((user) => shoppers.claim(couponId, user)));
      expect(new Set(before.map(({ status }) => status))).toEqual(new Set([202]));

      await kafka().hold();
      await claimInVain(flow, couponId, [...early, ...late]);
      const again = await claimInVain(flow, couponId, late.slice(0, 5));
      // By now it is known that nothing can be published: the gate is not even asked.
      expect(new Set(again.map(({ code }) => code))).toEqual(new Set(['unavailable']));
      const pending = await pendingIds(flow, couponId);
      await kafka().release();

      const claims = await Promise.all(
        [...early, ...late].map((user) => shoppers.claimUntilSettled(couponId, user)),
      );
      const repeated = await Promise.all(
        [...early, ...late].map((user) => shoppers.claimUntilSettled(couponId, user)),
      );
      expect(idsByUser(repeated)).toEqual(idsByUser(claims));
      expect(idsByUser(claims)).toMatchObject(idsByUser(before));
      expect(new Set(claims.map(({ issuance }) => issuance?.id)).size).toBe(30);
      expect(Object.values(idsByUser(claims))).toEqual(expect.arrayContaining(pending));
      expect(await shoppers.claimUntilSettled(couponId, 'too-late')).toMatchObject({
        code: 'sold_out',
      });
      expect(broken(await flow.invariants(couponId))).toEqual([]);
      expect(await ledger.rows(couponId)).toHaveLength(30);
    },
    SLOW_MS,
  );

  it(
    'keeps what passed the gate while Kafka is frozen: claimed again, it is the same issuance',
    async () => {
      const { shoppers } = flow;
      const crowd = users('frozen', 20);
      // Four at a time, each for three seconds: the rest would have to wait in line.
      const brave = options.environments === undefined ? crowd : crowd.slice(0, 4);
      const couponId = await flow.createCoupon({ quantity: 20 });
      await shoppers.prepare([...crowd, 'warm', 'too-late']);
      const warm = await flow.createCoupon();
      await shoppers.claim(warm, 'warm');
      const pid = kafka().pid() ?? 0;

      process.kill(pid, 'SIGSTOP');
      let pending: string[];
      try {
        const replies = await claimInVain(flow, couponId, brave);
        expect(replies.map(({ code }) => code)).toContain('outcome_unknown');
        pending = await pendingIds(flow, couponId);
        expect(pending.length).toBeGreaterThan(0);
      } finally {
        process.kill(pid, 'SIGCONT');
      }

      const claims = await Promise.all(
        crowd.map((user) => shoppers.claimUntilSettled(couponId, user)),
      );
      expect(Object.values(idsByUser(claims))).toEqual(expect.arrayContaining(pending));
      expect(new Set(claims.map(({ issuance }) => issuance?.id)).size).toBe(20);
      expect(await shoppers.claimUntilSettled(couponId, 'too-late')).toMatchObject({
        code: 'sold_out',
      });
      expect(broken(await flow.invariants(couponId, warm))).toEqual([]);
      expect(await ledger.rows(couponId)).toHaveLength(20);
    },
    SLOW_MS,
  );

  it(
    'stores what passed the gate while Kafka is frozen, even if nobody asks again',
    async () => {
      const { shoppers, stack } = flow;
      const crowd = users('resigned', 4);
      const couponId = await flow.createCoupon({ quantity: 20 });
      await shoppers.prepare(crowd);
      const pid = kafka().pid() ?? 0;

      process.kill(pid, 'SIGSTOP');
      let pending: string[];
      try {
        await claimInVain(flow, couponId, crowd);
        pending = await pendingIds(flow, couponId);
        expect(pending.length).toBeGreaterThan(0);
      } finally {
        process.kill(pid, 'SIGCONT');
      }

      const { kafka: brokers, topic, group, valkey } = stack.endpoints;
      const target = { couponIds: [couponId], brokers: brokers.split(','), topic, group };
      await untilAtRest({ ...target, valkeyUrl: valkey }, 30_000);
      const rows = (await ledger.rows(couponId)).map(({ id }) => id);
      expect(new Set(rows)).toEqual(new Set(pending));
      expect(broken(await flow.invariants(couponId))).toEqual([]);
    },
    SLOW_MS,
  );
});
