import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errorCode } from '../error-code.ts';

const run = promisify(execFile);
const hasProcFs = existsSync('/proc/self/stat');

/** How long a process may take to end by itself before it is killed. */
const gracePeriod_ms = 8_000;
const afterKill_ms = 5_000;
const poll_ms = 50;

/** The arguments of a running process (with `ps`: one string for all), or none: gone, a zombie, or not visible. */
async function commandLine(pid: number): Promise<string[]> {
  if (!hasProcFs) return [await ps(pid, 'command')];
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.split('\0');
}

/** Whether a live process carries this argument, which is how we know it to be ours. */
export async function isRunningWith(pid: number, argument: string): Promise<boolean> {
  const words = await commandLine(pid);
  return hasProcFs ? words.includes(argument) : words.some((line) => line.includes(argument));
}

/**
 * A text that differs between two processes which had the same pid, also across boots;
 * undefined when no such process is alive (a zombie is not).
 */
export async function startMark(pid: number): Promise<string | undefined> {
  if (!hasProcFs) return (await ps(pid, 'lstart')) || undefined;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // proc_pid_stat(5): the name in parentheses may hold anything; state and start time are fields 3 and 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  if (startTime === undefined || state === 'Z' || state === 'X') return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.trim()}:${startTime}`;
}

async function ps(pid: number, column: string): Promise<string> {
  const { stdout } = await run('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim();
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/**
 * Ends a process that isn't our child and waits until it is gone; kills it when it doesn't go by itself.
 * `argument` is checked before each signal, for the pid may have passed to a stranger meanwhile.
 * Throws when even SIGKILL doesn't end it.
 */
export async function endProcess(
  pid: number,
  argument: string,
  gently: NodeJS.Signals,
): Promise<void> {
  const isGone = async (patience_ms: number) => {
    const deadline = Date.now() + patience_ms;
    while (await isRunningWith(pid, argument)) {
      if (Date.now() > deadline) return false;
      await sleep(poll_ms);
    }
    return true;
  };
  if (await isGone(0)) return;
  signal(pid, gently);
  if (await isGone(gracePeriod_ms)) return;
  signal(pid, 'SIGKILL');
  if (!(await isGone(afterKill_ms))) throw new Error(`process ${pid} does not end`);
}
