import { setTimeout as sleep } from 'node:timers/promises';
import type { InvariantTarget } from './check-invariants.ts';
import { readGates } from './read-gates.ts';
import { readLogPositions, uncommitted } from './read-log-positions.ts';

const POLL_MS = 100;

/**
 * Waits until the system is at rest: nothing pending at the gates, all that stands in Kafka
 * committed by the record group. To be called once no client is claiming any more.
 * @throws Error that names what is still under way after `patienceMs`
 */
export async function untilAtRest(
  target: Omit<InvariantTarget, 'replies' | 'databaseUrl'>,
  patienceMs: number,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const busy = await underWay(target).catch((error: unknown) => [String(error)]);
    if (busy.length === 0) return;
    if (performance.now() > deadline) {
      throw new Error(`not at rest after ${patienceMs} ms: ${busy.join('; ')}`);
    }
    await sleep(POLL_MS);
  }
}

async function underWay({
  couponIds,
  brokers,
  topic,
  group,
  valkeyUrl,
}: Omit<InvariantTarget, 'replies' | 'databaseUrl'>): Promise<string[]> {
  const busy: string[] = [];
  // The gates first: what is pending there may still go to Kafka.
  for (const [couponId, gate] of await readGates(valkeyUrl, couponIds)) {
    if (gate.kind === 'closed') {
      // That of an ended coupon stays away; one that is being built holds claims back.
      if (gate.why === 'building') busy.push(`gate ${couponId} is being built`);
    } else if (gate.pending.size > 0) {
      busy.push(`gate ${couponId} has ${gate.pending.size} pending`);
    }
  }
  const behind = uncommitted(await readLogPositions(brokers, topic, group));
  if (behind.length > 0) busy.push(`the group is behind on partitions ${behind.join(', ')}`);
  return busy;
}
