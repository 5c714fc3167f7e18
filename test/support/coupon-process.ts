import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const COUPON_MAIN = join(import.meta.dirname, '../../cli/main.ts');

/** A command line that is meant to end has done so by then. */
const PATIENCE_MS = 60_000;

export interface CouponResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CouponOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Relative files are relative to it. */
  readonly folder: string;
  readonly stdin?: string;
  /** Called with all that came so far, whenever there is more; may end it by a signal. */
  readonly onOutput?: (stdout: string, end: (signal: NodeJS.Signals) => void) => void;
  /** The same with stderr. */
  readonly onComplaint?: (stderr: string, end: (signal: NodeJS.Signals) => void) => void;
}

/** Runs one command line in a process of its own, as operators do. */
export async function runCoupon(
  args: readonly string[],
  { env, folder, stdin = '', onOutput, onComplaint }: CouponOptions,
): Promise<CouponResult> {
  const child = spawn(process.execPath, [COUPON_MAIN, ...args], {
    cwd: folder,
    // Nothing of the machine's own: a COUPON_TOKEN there would be used.
    env: { PATH: process.env['PATH'] ?? '', ...env },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onOutput?.(stdout, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onComplaint?.(stderr, (signal) => child.kill(signal));
  });
  // A command that asks for nothing may have ended before it has read anything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}
