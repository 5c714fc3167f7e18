import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { Context } from '../context.ts';
import { UsageError } from '../failures.ts';
import { givenToken, localToken, type TokenSource } from './token.ts';

export interface Target {
  /** Without a slash at the end. */
  readonly api: string;
  readonly tokens: TokenSource;
}

export interface TargetFlags {
  readonly api: string | undefined;
  readonly token: string | undefined;
}

const LOCAL_STATE = join(import.meta.dirname, '../../.local');

const endpointsSchema = z.object({ api: z.string(), issuer: z.string() });

/**
 * Which API is meant, and by whose token: what the flags say, else the environment, else the
 * local stack.
 * @throws UsageError if there is none, or no token for it
 */
export async function findTarget(flags: TargetFlags, context: Context): Promise<Target> {
  const { env, clock, interrupted } = context;
  const local = await readEndpoints(env);
  const named = flags.api ?? nonEmpty(env['COUPON_API']);
  const api = baseOf(named ?? local?.api);
  if (flags.token !== undefined) return { api, tokens: givenToken(flags.token, '--token') };
  const token = nonEmpty(env['COUPON_TOKEN']);
  if (token !== undefined) return { api, tokens: givenToken(token, 'COUPON_TOKEN') };
  // Its issuer gives a token to everybody: to another API it would be good for nothing.
  if (local !== undefined && api === baseOf(local.api) && isLoopback(new URL(local.issuer))) {
    return { api, tokens: localToken(local.issuer.replace(/\/+$/, ''), clock, interrupted) };
  }
  throw new UsageError(`COUPON_TOKEN is missing: ${api} needs a token with coupons:manage`);
}

/** Whether what goes there can be read on the way. */
export function isReadableOnTheWay(api: string): boolean {
  const url = new URL(api);
  return url.protocol === 'http:' && !isLoopback(url);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function baseOf(text: string | undefined): string {
  if (text === undefined) {
    throw new UsageError('no API is named (--api, COUPON_API), and no local stack was started yet');
  }
  const url = URL.parse(text);
  // Not quoted: it may hold a password.
  if (url === null || !/^https?:$/.test(url.protocol) || url.username + url.password !== '') {
    throw new UsageError(
      'the API is to be named by an address such as https://coupons.example.com',
    );
  }
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

async function readEndpoints(
  env: Context['env'],
): Promise<z.infer<typeof endpointsSchema> | undefined> {
  const file = join(resolve(env['COUPON_STATE_DIR'] ?? LOCAL_STATE), 'endpoints.json');
  try {
    return endpointsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}
