import { spawn, type ChildProcess } from 'node:child_process';

/**
 * A stopped process does not notice that its parent was killed. So one small shell reads the
 * environments' pids from a pipe; when the pipe closes, because the parent stopped or died, it
 * kills those that are still on its list.
 */
const SCRIPT = `
pids=''
while read -r change pid; do
  if [ "$change" = + ]; then pids="$pids $pid"; continue; fi
  kept=''
  for each in $pids; do [ "$each" = "$pid" ] || kept="$kept $each"; done
  pids=$kept
done
[ -z "$pids" ] || kill -9 $pids 2>/dev/null`;

export class Watchdog {
  readonly #shell: ChildProcess;

  constructor() {
    // In a session of its own, or Ctrl-C would end it before there is anything to do.
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#shell.stdin?.on('error', () => undefined);
    this.#shell.on('error', () => undefined);
  }

  watch(pid: number): void {
    this.#shell.stdin?.write(`+ ${pid}\n`);
  }

  forget(pid: number): void {
    this.#shell.stdin?.write(`- ${pid}\n`);
  }

  /** Kills whatever is still watched and ends the shell. */
  async close(): Promise<void> {
    if (this.#shell.exitCode !== null || this.#shell.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => {
      this.#shell.once('exit', () => {
        resolve();
      });
    });
    this.#shell.stdin?.end();
    await ended;
  }
}
