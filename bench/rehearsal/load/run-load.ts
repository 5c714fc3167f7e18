import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type {
  ClaimEntry,
  LoadEntry,
  LoadJob,
  LoadMessage,
  LoadProgress,
  LookEntry,
  RedeemEntry,
} from './job.ts';

export interface LoadEvents {
  /** @param at when the first press is due, milliseconds since 1970 */
  begun(at: number): void;
  progress(progress: LoadProgress): void;
}

export interface LoadEntries {
  readonly claims: readonly ClaimEntry[];
  readonly redeems: readonly RedeemEntry[];
  readonly looks: readonly LookEntry[];
}

/** Runs the load in a process of its own. @throws Error if that ends before it is done */
export async function runLoad(
  job: LoadJob,
  events: LoadEvents,
  signal: AbortSignal,
): Promise<LoadEntries> {
  const child = fork(join(import.meta.dirname, 'main.ts'), { signal, killSignal: 'SIGKILL' });
  let isDone = false as boolean;
  child.on('message', (message: LoadMessage) => {
    if (message.kind === 'begun') events.begun(message.at);
    else if (message.kind === 'progress') events.progress(message);
    else isDone = true;
  });
  child.send(job);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const [code] = await exited.catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  if (!isDone) throw new Error(`the load's process ended with ${code ?? 'a signal'}`);
  return readEntries(job.entriesFile);
}

async function readEntries(file: string): Promise<LoadEntries> {
  const claims: ClaimEntry[] = [];
  const redeems: RedeemEntry[] = [];
  const looks: LookEntry[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const entry = JSON.parse(line) as LoadEntry;
    if (entry.kind === 'claim') claims.push(entry);
    else if (entry.kind === 'redeem') redeems.push(entry);
    else looks.push(entry);
  }
  return { claims, redeems, looks };
}
