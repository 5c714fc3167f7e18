import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Context } from '../context.ts';
import { reasonOf } from '../error-reason.ts';
import { UsageError } from '../failures.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a file, or of the standard input for `-`; without a byte order mark.
 * @throws UsageError when it can't be read or is not UTF-8
 */
export async function readText(option: string, file: string, context: Context): Promise<string> {
  const bytes =
    file === '-' ? await buffer(context.stdin.stream) : await fileBytes(option, file, context);
  try {
    return utf8.decode(bytes);
  } catch {
    throw new UsageError(`${option} ${file} is not UTF-8`);
  }
}

async function fileBytes(option: string, file: string, { folder }: Context): Promise<Buffer> {
  try {
    return await readFile(resolve(folder, file));
  } catch (error) {
    throw new UsageError(`${option} ${file} can't be read: ${reasonOf(error)}`);
  }
}
