import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { errorMessage } from '../error-code.ts';

const run = promisify(execFile);

/** What execFile adds to the error of a program that failed. */
const printedSchema = z.object({ stdout: z.string().optional(), stderr: z.string().optional() });

/** A download or a set-up takes seconds; this long means a network that answers nothing. */
const timeout_ms = 5 * 60_000;

interface ToolOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** Ends the program when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** A tool of the machine that failed; the message holds the last lines that it printed. */
class ToolError extends Error {
  override readonly name = 'ToolError';
}

/**
 * Runs a program to its end and returns all that it printed.
 * Throws ToolError if it can't be started, fails, or takes longer than five minutes.
 */
export async function runTool(
  file: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<string> {
  try {
    const { stdout, stderr } = await run(file, args, { timeout: timeout_ms, ...options });
    return stdout + stderr;
  } catch (error) {
    throw new ToolError(`${file} ${args.slice(0, 4).join(' ')} … failed: ${output(error)}`, {
      cause: error,
    });
  }
}

function output(error: unknown): string {
  const { stdout = '', stderr = '' } = printedSchema.catch({}).parse(error);
  const printed = `${stdout}${stderr}`.trim();
  return printed === '' ? errorMessage(error) : printed.split('\n').slice(-12).join('\n');
}
