import { Redis } from 'ioredis';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoints } from '../../../local/endpoints.ts';
import { readPid, type ServerName, type StatePaths } from '../../../local/state.ts';
import { FAULTS, type FaultName } from './names.ts';

/** A fault that struck. */
export interface Struck {
  readonly name: FaultName;
  /** Milliseconds since 1970. */
  readonly struckAt: number;
  /** When the server served again. */
  readonly healedAt: number;
}

/** Longer than every time-out of a request. */
const FROZEN_MS = 6_000;
/** Longer than every time-out of an attempt to tell somebody. */
const BROKEN_CHANNEL_MS = 15_000;
/** The stack starts a server again within 2 s; Kafka then needs some seconds more. */
const HEAL_PATIENCE_MS = 60_000;
const POLL_MS = 100;

/**
 * Breaks a server of the local stack, and waits until it serves again; or a channel, for a while.
 *
 * @throws Error if the server is not the stack's own, or does not come back within a minute
 */
export async function strike(
  name: FaultName,
  paths: StatePaths,
  endpoints: Endpoints,
): Promise<Struck> {
  const fault = FAULTS[name];
  const struckAt = Date.now();
  if ('channel' in fault) {
    await breakChannel(endpoints, fault.channel, fault.how);
    return { name, struckAt, healedAt: Date.now() };
  }
  const { server, how } = fault;
  switch (how) {
    case 'flush':
      await flush(endpoints.valkey);
      break;
    case 'kill':
      process.kill(await pidOf(paths, server), 'SIGKILL');
      await sleep(POLL_MS);
      break;
    case 'freeze': {
      const pid = await pidOf(paths, server);
      process.kill(pid, 'SIGSTOP');
      await sleep(FROZEN_MS);
      process.kill(pid, 'SIGCONT');
      break;
    }
  }
  await serves(server, endpoints);
  return { name, struckAt, healedAt: Date.now() };
}

/** For a while, at the stand-in of whoever tells people. */
async function breakChannel(
  { postOffice }: Endpoints,
  channel: string,
  how: object,
): Promise<void> {
  const put = async (fault: object): Promise<void> => {
    const body = JSON.stringify({ [channel]: fault });
    const { ok, status } = await fetch(`${postOffice}/faults`, { method: 'PUT', body });
    if (!ok) throw new Error(`the stand-in of ${channel} answers ${status}`);
  };
  await put(how);
  try {
    await sleep(BROKEN_CHANNEL_MS);
  } finally {
    await put({ mode: 'none' });
  }
}

async function flush(valkeyUrl: string): Promise<void> {
  const valkey = new Redis(valkeyUrl, { maxRetriesPerRequest: 0 });
  try {
    await valkey.flushall();
  } finally {
    valkey.disconnect();
  }
}

async function pidOf(paths: StatePaths, server: ServerName): Promise<number> {
  const pid = await readPid(paths, server);
  if (pid === undefined) throw new Error(`${server} is not the stack's own: it can't be broken`);
  return pid;
}

async function serves(server: ServerName, endpoints: Endpoints): Promise<void> {
  const { host, port } = addressOf(server, endpoints);
  const deadline = Date.now() + HEAL_PATIENCE_MS;
  while (!(await accepts(host, port))) {
    if (Date.now() > deadline) throw new Error(`${server} does not come back`);
    await sleep(POLL_MS);
  }
}

function addressOf(
  server: ServerName,
  { valkey, kafka, databaseUrl, issuer }: Endpoints,
): { readonly host: string; readonly port: number } {
  const [broker = ''] = kafka.split(',');
  const url = new URL(
    { valkey, kafka: `kafka://${broker}`, postgres: databaseUrl, issuer }[server],
  );
  return { host: url.hostname, port: Number(url.port) };
}

async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
