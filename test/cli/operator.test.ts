/**
 * What operators do, against a server that only speaks the API's contract: test/flow/cli.test.ts
 * runs the same cases against a real stack, each command in a process of its own.
 */
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CleanUp } from '../support/clean-up.ts';
import { runCouponHere } from '../support/coupon-context.ts';
import { operatorCases, type OperatorWorld } from '../support/operator-cases.ts';
import { startStandInApi } from '../support/stand-in/api.ts';
import { claim, redemptionIdOf } from '../support/stand-in/issuances.ts';
import { STAND_IN_TOKEN } from '../support/stand-in/server.ts';

describe('an operator, with a stand-in for the API', () => {
  const cleanUp = new CleanUp();
  let world: OperatorWorld;

  beforeAll(async () => {
    const folder = cleanUp.add(await mkdtemp(join(tmpdir(), 'coupon-cli-')), (path) =>
      rm(path, { recursive: true }),
    );
    const api = cleanUp.add(await startStandInApi(), (server) => server.close());
    const env = { COUPON_API: api.url, COUPON_TOKEN: STAND_IN_TOKEN, COUPON_STATE_DIR: folder };
    world = {
      folder,
      coupon: (args, options) => runCouponHere(args, { env, folder, ...options }),
      claim: (couponId, userId) => {
        const outcome = claim(api.state, couponId, userId);
        return Promise.resolve(typeof outcome === 'string' ? outcome : outcome.issuance.id);
      },
      redeem: (issuanceId) => {
        const issuance = api.state.issuances.get(issuanceId);
        if (issuance === undefined) throw new Error('there is no such issuance');
        issuance.state = 'redeemed';
        return Promise.resolve(redemptionIdOf(issuance));
      },
      poison: () => {
        const id = String(api.state.quarantine.length + 1);
        api.state.quarantine.push({ id, reason: 'malformed', discardedAt: null });
        return Promise.resolve(id);
      },
    };
  });

  afterAll(() => cleanUp.run());

  it.each(operatorCases.map((each) => [each.title, each] as const))('%s', (_, { run }) =>
    run(world),
  );
});
