import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, Output } from '../../cli/context.ts';
import { run } from '../../cli/run.ts';
import type { CouponOptions, CouponResult } from './coupon-process.ts';

/** Half a minute of patience is over in a second. */
const FASTER = 30;

/** A command line that is meant to end has done so by then. */
const PATIENCE_MS = 20_000;

/** The world around a command, with a clock that runs faster. */
export function couponContext(
  env: Readonly<Record<string, string>>,
  changes: Partial<Context> = {},
): Context {
  const begun = performance.now();
  const elapsed = (): number => (performance.now() - begun) * FASTER;
  const started = Date.now();
  return {
    env,
    folder: '/nowhere',
    stdin: { stream: Readable.from([]), isTerminal: false },
    stdout: recording(() => undefined),
    stderr: recording(() => undefined),
    clock: {
      now: () => started + elapsed(),
      elapsed,
      sleep: (ms, signal) => sleep(ms / FASTER, undefined, { signal }),
    },
    interrupted: new AbortController().signal,
    ...changes,
  };
}

/** A file, as far as a command can tell. */
export function recording(write: (text: string) => void): Output {
  return { write, isTerminal: false, hasColours: false, columns: () => 80, rows: () => 24 };
}

/** Runs one command line as {@link runCoupon} does, without the process. */
export async function runCouponHere(
  args: readonly string[],
  { env, folder, stdin = '', onOutput }: CouponOptions,
): Promise<CouponResult> {
  const interruption = new AbortController();
  let stdout = '';
  let stderr = '';
  const context = couponContext(env, {
    folder,
    stdin: { stream: Readable.from([Buffer.from(stdin)]), isTerminal: false },
    stdout: recording((text) => {
      stdout += text;
      onOutput?.(stdout, (signal) => {
        interruption.abort(new Error(signal));
      });
    }),
    stderr: recording((text) => (stderr += text)),
    interrupted: interruption.signal,
  });
  const patience = setTimeout(() => {
    interruption.abort(new Error('it does not end'));
    stderr += 'it does not end\n';
  }, PATIENCE_MS);
  try {
    const exitCode = await run(args, context);
    return { exitCode, stdout, stderr };
  } finally {
    clearTimeout(patience);
  }
}
