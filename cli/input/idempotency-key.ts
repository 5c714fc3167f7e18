import { randomUUID } from 'node:crypto';
import { UsageError } from '../failures.ts';

/** The API takes 255; grants add a number. */
const KEY = /^[\x21-\x7e]{1,240}$/;

/**
 * The key that makes all attempts at a request one: a new one, or that of a command whose outcome
 * was not known.
 * @throws UsageError for one that could not be sent
 */
export function idempotencyKey(given: string | undefined): string {
  if (given === undefined) return randomUUID();
  if (KEY.test(given)) return given;
  throw new UsageError('--idempotency-key is to be up to 240 visible ASCII characters');
}
