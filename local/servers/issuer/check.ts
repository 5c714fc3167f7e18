import { z } from 'zod';

const timeout_ms = 2_000;

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Asks an issuer by OIDC discovery for the address of its keys.
 * Throws if it doesn't answer within 2 s or calls itself otherwise.
 */
export async function discoverJwksUri(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const reply = await fetch(url, { signal: AbortSignal.timeout(timeout_ms) });
  if (!reply.ok) throw new Error(`${url} answers ${reply.status}`);
  const found = discoverySchema.parse(await reply.json());
  // Tokens carry the name that the issuer gives itself: one slash more, and each would be refused.
  if (found.issuer !== issuer) throw new Error(`${url} calls itself ${found.issuer}`);
  return found.jwks_uri;
}
