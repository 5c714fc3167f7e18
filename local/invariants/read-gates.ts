import { Redis } from 'ioredis';
import { gateKeys } from '../../lambdas/adapters/valkey/gate-scripts.ts';
import { issuanceId } from '../../lambdas/domain/issuance.ts';
import type { GateFacts } from './facts.ts';

const TIMEOUT_MS = 10_000;

/** Reads the coupons' gates, key by key: not through the scripts that are being checked. */
export async function readGates(
  valkeyUrl: string,
  couponIds: readonly string[],
): Promise<Map<string, GateFacts>> {
  const client = new Redis(valkeyUrl, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    retryStrategy: () => null,
  });
  // What fails is told by the call itself.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const info = await client.info('server', 'replication');
    const here = { runId: field(info, 'run_id'), replId: field(info, 'master_replid') };
    const gates = new Map<string, GateFacts>();
    for (const couponId of couponIds) gates.set(couponId, await readGate(client, couponId, here));
    return gates;
  } finally {
    client.disconnect();
  }
}

interface ServerIdentity {
  readonly runId: string;
  readonly replId: string;
}

async function readGate(client: Redis, couponId: string, here: ServerIdentity): Promise<GateFacts> {
  const [gateKey, claimsKey, pendingKey] = gateKeys(couponId);
  const replies = await client.multi().hgetall(gateKey).hkeys(claimsKey).hkeys(pendingKey).exec();
  const [gate, claims, pending] = (replies ?? []).map(([error, value]) => {
    if (error) throw error;
    return value;
  }) as [Record<string, string>, string[], string[]];
  if (gate['building'] !== undefined) return { kind: 'closed', why: 'building' };
  if (gate['epoch'] === undefined) return { kind: 'closed', why: 'missing' };
  if (gate['runId'] !== here.runId || gate['replId'] !== here.replId) {
    return { kind: 'closed', why: 'foreign' };
  }
  const toIds = (digests: readonly string[]): Set<string> =>
    new Set(digests.map((digest) => issuanceId(couponId, digest)));
  return {
    kind: 'open',
    version: Number(gate['version']),
    isRestricted: gate['restricted'] !== undefined,
    raisedAt: Number(gate['raisedAt']),
    quantity: Number(gate['quantity']),
    given: Number(gate['given']),
    claims: toIds(claims),
    pending: toIds(pending),
  };
}

function field(info: string, name: string): string {
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1] ?? '';
}
