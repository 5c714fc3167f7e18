import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CleanUp } from '../support/clean-up.ts';
import { Flow } from '../support/flow.ts';
import { startOwnServers } from '../support/own-servers.ts';
import { poll } from '../support/pollers.ts';
import { users } from '../support/shoppers.ts';
import { targetOf, tcpProxy, urlThrough } from '../support/tcp-proxy.ts';

const SLOW_MS = 120_000;
const PER_SECOND = 3_000;
const SECONDS = 4;
/** So many that no one of them asks faster than a user may. */
const POLLERS = 300;

const cleanUp = new CleanUp();
let flow: Flow;
/** Requests to PostgreSQL that name the coupon. */
let reads = 0;
let couponId = '';

beforeAll(async () => {
  const own = cleanUp.add(await startOwnServers(), (started) => started.remove());
  const { databaseAdminUrl } = own.endpoints;
  const proxy = cleanUp.add(
    await tcpProxy(targetOf(databaseAdminUrl), {
      toServer: (bytes) => {
        if (couponId !== '' && bytes.includes(couponId)) reads += 1;
        return true;
      },
    }),
    (opened) => opened.close(),
  );
  const variables = { DATABASE_URL: urlThrough(proxy, databaseAdminUrl) };
  flow = cleanUp.add(await Flow.startOn(own, { variables }), (started) => started.remove());
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

it(
  `${PER_SECOND} polls a second of a coupon cost PostgreSQL at most two reads a second`,
  async () => {
    // Not yet begun: its gate is opened shortly before, and by then nothing else reads it.
    const issueStartsAt = new Date(Date.now() + 1_800_000).toISOString();
    const id = await flow.createCoupon({ issueStartsAt });
    const tokens = [...(await flow.mint.tokens(users('poller', POLLERS))).values()];
    const pace = { perSecond: PER_SECOND, seconds: SECONDS };
    couponId = id;
    const { seconds, replies } = await poll(
      flow.stack.endpoints.api,
      `/v1/coupons/${id}`,
      tokens,
      pace,
    );
    process.stderr.write(
      `${JSON.stringify(replies)} in ${seconds.toFixed(1)} s, ${reads} reads of PostgreSQL\n`,
    );
    expect(replies).toEqual({ 200: PER_SECOND * SECONDS });
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThanOrEqual(2 * seconds);
  },
  SLOW_MS,
);
