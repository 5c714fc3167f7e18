import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultBench, Links } from './fault-bench.ts';
import { flushAll } from './flush-all.ts';

type Server = keyof Links;

/** What may happen to a server or to the way there. */
const KINDS = ['kill', 'freeze', 'flush', 'cut', 'sever', 'mute', 'deafen', 'delay'] as const;

const SERVERS = ['valkey', 'kafka', 'postgres'] as const satisfies readonly Server[];

export interface PlannedFault {
  readonly server: Server;
  readonly kind: (typeof KINDS)[number];
  /** Since the fault before has begun: shorter than it lasts, and both are there at once. */
  readonly afterMs: number;
  readonly holdMs: number;
}

const LONGEST_HOLD_MS = 3_000;
const LONGEST_PAUSE_MS = 2_500;
const DELAY_MS = 150;

/** The same faults for the same seed. */
export function plannedFaults(seed: number, count: number): PlannedFault[] {
  const random = mulberry32(seed);
  const oneOf = <T>(choices: readonly T[]): T =>
    choices[Math.floor(random() * choices.length)] as T;
  return Array.from({ length: count }, () => {
    const kind = oneOf(KINDS);
    const server = kind === 'flush' ? 'valkey' : oneOf(SERVERS);
    const afterMs = Math.floor(random() * LONGEST_PAUSE_MS);
    return { server, kind, afterMs, holdMs: 200 + Math.floor(random() * LONGEST_HOLD_MS) };
  });
}

/**
 * Those of one server one after the other, those of different servers at once.
 *
 * @returns how many hit something: all of those that kill, freeze and empty a server that serves,
 *   and of the others those that met traffic
 */
export async function playFaults(
  faults: readonly PlannedFault[],
  bench: FaultBench,
): Promise<number> {
  const lastOf = new Map<Server, Promise<number>>();
  for (const fault of faults) {
    await sleep(fault.afterMs);
    const before = lastOf.get(fault.server) ?? Promise.resolve(0);
    const next = before.then(async (hits) => hits + (await play(fault, bench)));
    // It is awaited only at the end.
    next.catch(() => undefined);
    lastOf.set(fault.server, next);
  }
  const hits = await Promise.all(lastOf.values());
  return hits.reduce((sum, each) => sum + each, 0);
}

async function play({ server, kind, holdMs }: PlannedFault, bench: FaultBench): Promise<number> {
  const link = bench.links[server];
  const before = link.hits;
  switch (kind) {
    case 'kill':
      await bench.kill(server);
      return 1;
    case 'freeze':
      await bench.whileFrozen(server, () => sleep(holdMs));
      return 1;
    case 'flush':
      await flushAll(bench.servers.endpoints.valkeyUrl);
      return 1;
    case 'cut':
      link.cut();
      break;
    case 'sever':
      link.sever();
      break;
    case 'mute':
      link.mute('replies');
      break;
    case 'deafen':
      link.mute('requests');
      break;
    case 'delay':
      link.delay(DELAY_MS);
      break;
  }
  if (kind !== 'cut') await sleep(holdMs);
  link.mend();
  return link.hits > before ? 1 : 0;
}

/** A generator of 32 bits by Tommy Ettinger, in the public domain. From 0 up to 1. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
