import assert from 'node:assert';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { defaultLifetime_s, type Grant } from './claims.ts';

/** A year: more than any test needs. */
const longestLifetime_s = 365 * 24 * 3600;

const bodySchema = z.object({
  grant_type: z.enum(['password', 'client_credentials']),
  username: z.string().min(1).optional(),
  client_id: z.string().min(1).optional(),
  scope: z.string().optional(),
  expires_in: z.coerce
    .number()
    .int()
    .min(-longestLifetime_s)
    .max(longestLifetime_s)
    .default(defaultLifetime_s),
});

/**
 * What a request to the token endpoint asks for. A negative `expires_in` gives a token that has expired.
 * Throws AssertionError, which the issuer answers with 400 invalid_request.
 */
export function parseGrant(request: IncomingMessage & { body: unknown }): Grant {
  const parsed = bodySchema.safeParse(request.body);
  assert(parsed.success, parsed.error?.message ?? 'invalid request');
  const { grant_type, username, client_id, scope, expires_in } = parsed.data;
  const subject =
    grant_type === 'password'
      ? username
      : (clientOfBasicAuth(request.headers.authorization) ?? client_id);
  const name = grant_type === 'password' ? 'username' : 'client_id';
  assert(subject !== undefined && subject !== '', `${name} is missing`);
  return { subject, scope, expiresIn_s: expires_in };
}

function clientOfBasicAuth(authorization: string | undefined): string | undefined {
  const [scheme, credentials] = authorization?.split(' ') ?? [];
  if (scheme?.toLowerCase() !== 'basic' || credentials === undefined) return undefined;
  return Buffer.from(credentials, 'base64').toString().split(':')[0];
}
