import { randomUUID } from 'node:crypto';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { errorCode } from '../error-code.ts';
import { readJson, type StatePaths } from '../state.ts';
import { startMark } from './processes.ts';

const holderSchema = z.object({ pid: z.number().int().positive(), startMark: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** Another living stack holds the state directory. */
class StateInUseError extends Error {
  override readonly name = 'StateInUseError';
  constructor(stateDir: string, pid: number) {
    super(
      `A stack already runs in ${stateDir} (process ${pid}). ` +
        'Stop it first, or set COUPON_STATE_DIR, COUPON_PORT and COUPON_ISSUER_PORT to run a second one beside it.',
    );
  }
}

/** The pid of the living stack that holds this state directory, or undefined. A crashed holder doesn't count. */
async function stackIn(paths: StatePaths): Promise<number | undefined> {
  const holder = await readHolder(paths.lock);
  return holder !== undefined && (await isAlive(holder)) ? holder.pid : undefined;
}

/**
 * Makes this process the only stack in the state directory; the returned function gives it up.
 * Throws StateInUseError.
 */
export async function lockState(paths: StatePaths): Promise<() => Promise<void>> {
  const draft = `${paths.lock}.${randomUUID()}`;
  const self: Holder = { pid: process.pid, startMark: (await startMark(process.pid)) ?? '' };
  await writeFile(draft, JSON.stringify(self));
  try {
    // link() fails if the name exists, so that of two starts exactly one gets it, with its content complete.
    while (!(await linked(draft, paths.lock))) {
      const pid = await stackIn(paths);
      if (pid !== undefined) throw new StateInUseError(paths.root, pid);
      await discardStale(paths);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return () => rm(paths.lock, { force: true });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead holder's lock away; if a racing start took it over in between, puts that one's lock back. */
async function discardStale(paths: StatePaths): Promise<void> {
  const aside = `${paths.lock}.stale.${randomUUID()}`;
  try {
    await rename(paths.lock, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (moved !== undefined && (await isAlive(moved))) {
    await rename(aside, paths.lock);
    throw new StateInUseError(paths.root, moved.pid);
  }
  await rm(aside, { force: true });
}

async function readHolder(file: string): Promise<Holder | undefined> {
  // A lock that a full disk left damaged is as good as none.
  const stored = await readJson(file).catch(() => undefined);
  const parsed = holderSchema.safeParse(stored);
  return parsed.success ? parsed.data : undefined;
}

async function isAlive(holder: Holder): Promise<boolean> {
  return (await startMark(holder.pid)) === holder.startMark;
}
