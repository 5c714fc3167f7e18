import type { Context } from '../context.ts';
import { UsageError } from '../failures.ts';
import { readText } from './files.ts';

/**
 * What a file says of who is told what: as the API takes it, which also judges it.
 * @param file `none` for nobody
 * @throws UsageError when it can't be read or is not JSON
 */
export async function readNotifications(
  file: string | undefined,
  context: Context,
): Promise<unknown> {
  if (file === undefined) return undefined;
  if (file === 'none') return null;
  const text = await readText('--notifications', file, context);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`--notifications ${file} is not JSON`);
  }
}
