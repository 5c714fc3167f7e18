import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { byAnswer, orderOf, type RedeemReply } from '../support/checkout.ts';
import { CleanUp } from '../support/clean-up.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import type { HttpReply } from '../support/http-client.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';
import { users } from '../support/shoppers.ts';
import { targetOf, tcpProxy, urlThrough } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 180_000;
/** Within this every call is answered, whatever PostgreSQL does. */
const ANSWER_MS = 6_000;

const cleanUp = new CleanUp();
let own: OwnServers;
let flow: Flow;
let couponId: string;
/** Between the stack and PostgreSQL: what is swallowed; connections stay open. */
let wire: 'whole' | 'mute' | 'cut' = 'whole';

beforeAll(async () => {
  own = cleanUp.add(await startOwnServers(), (started) => started.remove());
  const proxy = cleanUp.add(
    await tcpProxy(targetOf(own.endpoints.databaseAdminUrl), {
      toServer: () => wire !== 'cut',
      toClient: () => wire === 'whole',
    }),
    (opened) => opened.close(),
  );
  const DATABASE_URL = urlThrough(proxy, own.endpoints.databaseAdminUrl);
  const variables = { ...own.variables, DATABASE_URL };
  flow = cleanUp.add(await Flow.startOn({ ...own, variables }), (started) => started.remove());
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

beforeEach(async () => {
  couponId = await flow.createCoupon({ quantity: 100 });
});

/** Everything that can be asked of an issuance; each is to be an honest 503, in time. */
async function askInVain(id: string): Promise<void> {
  const { checkout, http, operatorToken } = flow;
  const calls: (() => Promise<HttpReply | undefined>)[] = [
    async () => (await checkout.redeem(id, 'order-1')).reply,
    async () => (await checkout.redeemCode('0'.repeat(26), id, 'order-1')).reply,
    () => checkout.quote(id, orderOf('order-1')),
    () => checkout.hold(id, 'order-1'),
    () => checkout.release(id, 'order-1'),
    () => checkout.rollBack('A'.repeat(22)),
    () => flow.revoke(id),
    () => http.get(`/v1/issuances/${id}`, operatorToken),
    () => http.get('/v1/issuances?userId=owner', operatorToken),
  ];
  // Four at a time: more would wait for each other's connections.
  for (let i = 0; i < calls.length; i += 4) {
    await Promise.all(calls.slice(i, i + 4).map(expectUnavailable));
  }
}

async function expectUnavailable(call: () => Promise<HttpReply | undefined>): Promise<void> {
  const begun = performance.now();
  const reply = await call();
  expect(performance.now() - begun).toBeLessThan(ANSWER_MS);
  if (reply === undefined) throw new Error('there was no reply');
  expectProblem(reply, { status: 503, code: 'unavailable' });
  expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
}

async function expectSound(): Promise<void> {
  expect(broken(await flow.invariants(couponId))).toEqual([]);
}

const outages: readonly [string, (work: () => Promise<void>) => Promise<void>][] = [
  ['is stopped', (work) => own.whileStopped('postgres', work)],
  ['can not be reached', (work) => whileWireIs('cut', work)],
  ['does all it is told, and is not heard', (work) => whileWireIs('mute', work)],
];

async function whileWireIs(how: typeof wire, work: () => Promise<void>): Promise<void> {
  wire = how;
  try {
    await work();
  } finally {
    wire = 'whole';
  }
}

describe('while PostgreSQL', () => {
  it.each(outages)(
    '%s, every call is a 503 in time; afterwards the same order is told one thing',
    async (_, whileAway) => {
      const id = await flow.issue(couponId, 'owner');

      await whileAway(() => askInVain(id));

      const first = await flow.checkout.redeemUntilSettled(id, 'order-1');
      const again = await flow.checkout.redeemUntilSettled(id, 'order-1');
      expect([again.code, again.redemption]).toEqual([first.code, first.redemption]);
      // What was asked in vain may have been done all the same, the revocation too.
      expect(first.redemption?.orderId ?? first.code).toMatch(/^(order-1|issuance_revoked)$/);
      await expectSound();
    },
    SLOW_MS,
  );

  it(
    'is killed under 40 redemptions, each order that asks again is told of the one it made',
    async () => {
      const owners = users('owner', 40);
      const ids = await Promise.all(owners.map((user) => flow.issue(couponId, user)));
      const { replies } = flow.checkout;
      const before = replies.length;

      const redeem = async (id: string, i: number): Promise<RedeemReply> => {
        // As many as there are connections: the others come while it dies.
        await until('its turn', 60_000, () => replies.length >= before + i - 4 || undefined);
        await flow.checkout.redeem(id, `order-${i}`);
        return flow.checkout.redeemUntilSettled(id, `order-${i}`);
      };
      const settled = ids.map(redeem);
      await until('some are redeemed', 60_000, () => replies.length >= before + 10 || undefined);
      await own.whileStopped('postgres', () => Promise.resolve(), 'SIGKILL');

      const answers = await Promise.all(settled);
      expect(answers.map(({ status }) => (status === 201 ? 200 : status))).toEqual(
        ids.map(() => 200),
      );
      const firsts = byAnswer(replies.slice(before));
      // Otherwise it did not die under them.
      expect(firsts['503 unavailable']).toBeGreaterThan(0);
      for (const id of ids) {
        expect(await flow.checkout.redeem(id, 'another')).toMatchObject({
          code: 'already_redeemed',
        });
      }
      await expectSound();
    },
    SLOW_MS,
  );
});

it(
  'an issuance whose row is locked for longer than a statement may take is a 503, and then redeemed',
  async () => {
    const id = await flow.issue(couponId, 'owner');
    const other = new pg.Client({ connectionString: own.endpoints.databaseAdminUrl });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT FROM issuances WHERE id = $1 FOR UPDATE', [id]);
      await expectUnavailable(async () => (await flow.checkout.redeem(id, 'order-1')).reply);
    } finally {
      await other.end();
    }
    expect((await flow.checkout.redeemUntilSettled(id, 'order-1')).status).toBe(201);
    await expectSound();
  },
  SLOW_MS,
);
