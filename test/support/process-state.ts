import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** Only Linux has it. */
export const hasProcFs = existsSync('/proc/self/stat');

/** The process' state letter (T is stopped); undefined when there is none or only a zombie. */
export function stateOf(pid: number): Promise<string | undefined> {
  return stateIn(`/proc/${pid}/stat`);
}

/** The state letters of all its threads. */
export async function threadStates(pid: number): Promise<(string | undefined)[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  return Promise.all(threads.map((thread) => stateIn(`/proc/${pid}/task/${thread}/stat`)));
}

async function stateIn(file: string): Promise<string | undefined> {
  const stat = await readFile(file, 'utf8').catch(() => '');
  // The name in parentheses may itself hold spaces and parentheses.
  const state = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0];
  return state === '' || state === 'Z' || state === 'X' ? undefined : state;
}
