import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { slotOf } from '../../lambdas/adapters/valkey/key-slot.ts';
import { valkeyTime } from '../../lambdas/adapters/valkey/server-time.ts';
import { valkeyStockGate } from '../../lambdas/adapters/valkey/stock-gate.ts';
import { connectValkeyCluster } from '../../lambdas/adapters/valkey/valkey.ts';
import type { ValkeyCluster } from '../../lambdas/adapters/valkey/valkey-cluster.ts';
import { GateUnavailable } from '../../lambdas/domain/ports.ts';
import { CleanUp } from '../support/clean-up.ts';
import { newCouponId } from '../support/samples.ts';
import { until } from '../support/until.ts';
import { moveSlot, startValkeyCluster, type ClusterNode } from '../support/valkey-cluster.ts';

const PATIENCE_MS = 5_000;

const cleanUp = new CleanUp();
let nodes: readonly [ClusterNode, ClusterNode];
let cluster: ValkeyCluster;

beforeAll(async () => {
  nodes = await startValkeyCluster(cleanUp);
  cluster = connect();
});

afterAll(() => cleanUp.run());

function connect(): ValkeyCluster {
  const url = `redis://127.0.0.1:${nodes[0].port}`;
  return cleanUp.add(
    connectValkeyCluster({ url, commandTimeoutMs: PATIENCE_MS }, () => undefined),
    (opened) => {
      opened.disconnect();
    },
  );
}

function slotOfGate(couponId: string): number {
  return slotOf(`gate:{${couponId}}`);
}

/** Coupons whose gates lie on either node. */
function couponsOfBoth(): string[] {
  const ids = Array.from({ length: 50 }, newCouponId);
  const isFirst = (id: string): boolean => slotOfGate(id) < 8_192;
  return [...ids.filter(isFirst).slice(0, 3), ...ids.filter((id) => !isFirst(id)).slice(0, 3)];
}

describe('a cluster', () => {
  it('has each gate on the server of its slot', async () => {
    const gate = valkeyStockGate(cluster, PATIENCE_MS);
    for (const couponId of couponsOfBoth()) {
      expect(await gate.beginBuilding(couponId, 1)).toBe(true);
      const { client } = nodes[slotOfGate(couponId) < 8_192 ? 0 : 1];
      expect(await client.exists(`gate:{${couponId}}`)).toBe(1);
    }
    expect(Math.abs((await valkeyTime(cluster, PATIENCE_MS)) - Date.now())).toBeLessThan(5_000);
  });

  it('answers honestly when a slot has moved, and then from where it is', async () => {
    const gate = valkeyStockGate(cluster, PATIENCE_MS);
    const couponId = couponsOfBoth().find((id) => slotOfGate(id) < 8_192) ?? '';
    await gate.status(couponId);
    await moveSlot(slotOfGate(couponId), nodes, nodes[1]);
    const begin = (): Promise<boolean> => gate.beginBuilding(couponId, 1);
    await expect(begin()).rejects.toThrow(GateUnavailable);
    await until('the slots are known anew', PATIENCE_MS, () => begin().catch(() => undefined));
    expect(await nodes[1].client.exists(`gate:{${couponId}}`)).toBe(1);
  });

  it('is unavailable, and says so in time, while no server is there', async () => {
    const nowhere = cleanUp.add(
      connectValkeyCluster(
        { url: 'redis://127.0.0.1:1', commandTimeoutMs: PATIENCE_MS },
        () => undefined,
      ),
      (opened) => {
        opened.disconnect();
      },
    );
    const begun = performance.now();
    await expect(valkeyStockGate(nowhere, 300).status(newCouponId())).rejects.toThrow(
      GateUnavailable,
    );
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

it.each([
  ['123456789', 12_739],
  ['foo', 12_182],
  ['{user1000}.following', 3_443],
  ['{user1000}.followers', 3_443],
  ['foo{}{bar}', 8_363],
])('the slot of %s is %i', (key, slot) => {
  expect(slotOf(key)).toBe(slot);
});
