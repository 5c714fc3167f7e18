import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { z } from 'zod';
import { readJson, type StatePaths, writeJson } from '../state.ts';

/** What needs a port of its own. */
export type PortUse = 'valkey' | 'kafka' | 'kafkaController' | 'postgres' | 'issuer' | 'postOffice';

/**
 * Below the range that systems take for outgoing connections (Linux 32768, macOS 49152): while a
 * server is down, a client that reconnects to its port could otherwise get that very port as its
 * source, connect to itself and keep the server from coming back.
 */
const lowestPort = 20_000;
const highestPort = 32_000;

const rememberedSchema = z.partialRecord(
  z.enum(['valkey', 'kafka', 'kafkaController', 'postgres', 'issuer', 'postOffice']),
  z.number().int(),
);

/** The ports that a state directory's servers had when they last ran. */
export async function rememberedPorts(
  paths: StatePaths,
): Promise<Partial<Record<PortUse, number>>> {
  const parsed = rememberedSchema.safeParse(await readJson(paths.ports).catch(() => undefined));
  return parsed.success ? parsed.data : {};
}

/**
 * A port for each use: the one it had the last time if that is still free, else a new one; remembered.
 * `wanted` fixes some; throws if a wanted port is taken.
 */
export async function choosePorts(
  paths: StatePaths,
  uses: readonly PortUse[],
  wanted: Partial<Record<PortUse, number>>,
): Promise<Record<PortUse, number>> {
  const remembered = await rememberedPorts(paths);
  const chosen = { valkey: 0, kafka: 0, kafkaController: 0, postgres: 0, issuer: 0, postOffice: 0 };
  const taken = new Set<number>();
  for (const use of uses) {
    chosen[use] = await choosePort(use, wanted[use], remembered[use], taken);
    taken.add(chosen[use]);
  }
  await writeJson(paths.ports, { ...remembered, ...pick(chosen, uses) });
  return chosen;
}

async function choosePort(
  use: PortUse,
  wanted: number | undefined,
  remembered: number | undefined,
  taken: ReadonlySet<number>,
): Promise<number> {
  if (wanted !== undefined && wanted !== 0) {
    if (await isFree(wanted)) return wanted;
    const setting = use === 'issuer' ? ': set COUPON_ISSUER_PORT to another' : '';
    throw new Error(`port ${wanted} for the ${use} is in use${setting}`);
  }
  if (remembered !== undefined && !taken.has(remembered) && (await isFree(remembered))) {
    return remembered;
  }
  for (;;) {
    const port = randomInt(lowestPort, highestPort);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
}

/** Whether this process could listen on 127.0.0.1 at the port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

function pick(
  ports: Record<PortUse, number>,
  uses: readonly PortUse[],
): Partial<Record<PortUse, number>> {
  return Object.fromEntries(uses.map((use) => [use, ports[use]]));
}
