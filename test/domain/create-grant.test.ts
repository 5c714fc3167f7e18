import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CreateGrantDependencies } from '../../lambdas/functions/manage/create-grant.ts';
import { createGrant } from '../../lambdas/functions/manage/create-grant.ts';
import { GrantBench } from '../support/grant-bench.ts';
import { grantedUsers, ids, newCouponId, operator } from '../support/samples.ts';

const id = 'A'.repeat(22);

let bench: GrantBench;
let couponId: string;
/** What had been written down when the work was asked for. */
let requests: (number | undefined)[];

beforeEach(async () => {
  bench = new GrantBench();
  couponId = await bench.openCoupon({ quantity: 20 });
  requests = [];
});

function create(
  userIds: readonly string[],
  changes: Partial<CreateGrantDependencies & { couponId: string }> = {},
): ReturnType<typeof createGrant> {
  const list = { id, couponId: changes.couponId ?? couponId, userIds };
  return createGrant(list, operator, {
    ledger: bench.grants,
    identifiers: ids,
    requests: {
      request: async () => {
        requests.push((await bench.grants.findGrant(id))?.pending);
      },
    },
    onFault: (what) => bench.faults.push(what),
    ...changes,
  });
}

describe('ordering a grant', () => {
  it('merges who is named again, keeps the order, and has the work begun once it is written', async () => {
    const creation = await create(['zoe', 'anna', 'zoe', 'ben', 'anna', 'zoe']);
    expect(creation).toMatchObject({ kind: 'there', grant: { id, total: 3, duplicates: 3 } });
    const pending = await bench.grants.pendingUsers(id, 10);
    expect(pending.map(({ userId }) => userId)).toEqual(['zoe', 'anna', 'ben']);
    expect(requests).toEqual([3]);
  });

  it('keys users as their own claims do', async () => {
    const orders: unknown[] = [];
    await create(['anna'], {
      ledger: {
        createGrant: (order) => {
          orders.push(order.users);
          return Promise.resolve({ kind: 'unknown_coupon' });
        },
        findGrant: () => Promise.resolve(undefined),
      },
    });
    expect(orders).toEqual([grantedUsers(['anna'])]);
    expect(requests).toEqual([]);
  });

  it('succeeds also when nobody can be asked to begin: the schedule takes it up', async () => {
    const away = { request: () => Promise.reject(new Error('429')) };
    expect(await create(['anna'], { requests: away })).toMatchObject({ kind: 'there' });
    expect(bench.faults).toContain('grant request');
    expect(await bench.work()).toMatchObject({ finished: [id] });
  });

  it('asks for no work on what is refused, or done already', async () => {
    expect(await create(['anna'], { couponId: newCouponId() })).toEqual({ kind: 'unknown_coupon' });
    expect(requests).toEqual([]);
    await create(['anna']);
    await bench.work();
    expect(await create(['anna'])).toMatchObject({ kind: 'there', grant: { pending: 0 } });
    expect(requests).toEqual([1]);
  });
});
