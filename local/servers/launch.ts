import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Command } from './definition.ts';

/** A process that was started. */
export interface Launched {
  /** Undefined when the program could not be started at all. */
  readonly pid: number | undefined;
  readonly process: ChildProcess;
  /** Resolves when the process has ended, with the reason in words; never rejects. */
  readonly ended: Promise<string>;
}

/** Starts a server process; its output is appended to the log file and its pid written to the pid file. */
export function launch(command: Command, logFile: string, pidFile: string): Launched {
  const { file, args, ...options } = command;
  const log = openSync(logFile, 'a');
  const process = spawn(file, args, {
    ...options,
    // A session of its own: Ctrl-C in the terminal must reach the stack only, which then stops the servers in order.
    detached: true,
    stdio: ['ignore', log, log],
  });
  const ended = new Promise<string>((resolve) => {
    process.once('exit', (code, signal) => {
      resolve(signal ?? `exit code ${code ?? 'unknown'}`);
    });
    process.once('error', (error) => {
      if (process.pid === undefined) resolve(error.message);
    });
  });
  closeSync(log);
  // Synchronously: a crash of ours between start and note would leave a server that nobody finds.
  if (process.pid !== undefined) writeFileSync(pidFile, `${process.pid}\n`);
  return { pid: process.pid, process, ended };
}

/** The last lines of a log, for a message. */
export async function logTail(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).trimEnd().split('\n');
  return `${file} ends with:\n${lines.slice(-12).join('\n')}`;
}
