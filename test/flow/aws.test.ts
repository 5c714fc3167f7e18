import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAwsServers, type AwsServers } from '../support/aws/aws-servers.ts';
import { CleanUp } from '../support/clean-up.ts';
import { broken, Flow } from '../support/flow.ts';
import { users } from '../support/shoppers.ts';

/** AWS' own live for a quarter of an hour. */
const TOKEN_LIFETIME_MS = 2_000;
/** The nightly run freezes for a minute. */
const FREEZE_MS = Number(process.env['COUPON_FREEZE_MS'] ?? 2 * TOKEN_LIFETIME_MS);
const BEFORE_MS = 180_000;

const cleanUp = new CleanUp();
let aws: AwsServers;
let flow: Flow;
let couponId: string;

beforeAll(async () => {
  aws = cleanUp.add(await startAwsServers(TOKEN_LIFETIME_MS), (started) => started.remove());
  const options = { environments: 1, variables: aws.variables };
  flow = cleanUp.add(await Flow.startOn(aws.servers, options), (started) => started.remove());
  couponId = await flow.createCoupon({ quantity: 1_000 });
}, BEFORE_MS);

afterAll(() => cleanUp.run());

/** How often each server has let somebody in so far. */
function signIns(): Record<string, number> {
  return Object.fromEntries(
    Object.entries(aws.fronts).map(([name, front]) => [name, front.signIns]),
  );
}

describe('with servers that take TLS and IAM tokens only', () => {
  it('a claim is recorded and redeemed', async () => {
    const id = await flow.issue(couponId, 'kim');
    const { status } = await flow.checkout.redeemUntilSettled(id, 'order-1');
    expect(status).toBe(201);
    expect(aws.api.calls).toContain('GetBootstrapBrokers');
    expect(aws.api.calls).toContain('GetSecretValue');
    for (const count of Object.values(signIns())) expect(count).toBeGreaterThan(0);
  });

  it('claims go on for longer than a token lives, each sign-in with a token of its own', async () => {
    const before = signIns();
    const end = performance.now() + 3 * TOKEN_LIFETIME_MS;
    const names = users('steady', 1_000).values();
    while (performance.now() < end) {
      const { value: user } = names.next();
      const reply = await flow.shoppers.claim(couponId, user ?? '');
      expect([reply.status, reply.code]).toEqual([202, undefined]);
    }
    // A broker asks for another token before the first one's time is over.
    expect(signIns()['kafka']).toBeGreaterThan((before['kafka'] ?? 0) + 2);
    expect(Object.values(aws.fronts).flatMap(({ objections }) => objections)).toEqual([]);
  });

  it(
    'after a freeze longer than its tokens live, with its connections closed meanwhile, a function answers honestly, and then well',
    async () => {
      expect(await claims('before the freeze')).toBe(202);
      // An environment is stopped (SIGSTOP) once it has answered, until the next request.
      for (const front of Object.values(aws.fronts)) front.cut();
      await sleep(FREEZE_MS);
      expect([202, 503]).toContain(await claims('right after it'));
      expect(await claims('after that')).toBe(202);
    },
    FREEZE_MS + BEFORE_MS,
  );

  it('loses nothing, and gives nothing twice', async () => {
    expect(broken(await flow.invariants(couponId))).toEqual([]);
    expect(Object.values(aws.fronts).flatMap(({ objections }) => objections)).toEqual([]);
  });
});

async function claims(user: string): Promise<number | undefined> {
  return (await flow.shoppers.claim(couponId, user)).status;
}
