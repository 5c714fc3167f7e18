/** `npm run -s coupon -- <command>`: operates coupons over their HTTP API. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteStream } from 'node:tty';
import type { Context, Output } from './context.ts';
import { run } from './run.ts';

const interruption = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second time nobody waits for anything.
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort(new Error(signal));
  });
}

/** A reader that has seen enough (`| head`) is no failure. */
function outputOn(stream: WriteStream | NodeJS.WriteStream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  const isTerminal = stream.isTTY;
  return {
    write: (text) => {
      stream.write(text);
    },
    isTerminal,
    // Knows NO_COLOR, FORCE_COLOR and TERM.
    hasColours: isTerminal && stream.hasColors(),
    columns: () => stream.columns || 80,
    rows: () => stream.rows || 24,
  };
}

const context: Context = {
  env: process.env,
  // npm runs scripts in the package's folder; the one it was called in is meant.
  folder:
    process.env['npm_lifecycle_event'] === 'coupon'
      ? (process.env['INIT_CWD'] ?? process.cwd())
      : process.cwd(),
  stdin: { stream: process.stdin, isTerminal: process.stdin.isTTY },
  stdout: outputOn(process.stdout),
  stderr: outputOn(process.stderr),
  clock: {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  },
  interrupted: interruption.signal,
};

process.exitCode = await run(process.argv.slice(2), context);
