import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { readJson, type StatePaths, writeJson } from '../../state.ts';

const keySchema = z.looseObject({
  kty: z.literal('RSA'),
  alg: z.literal('RS256'),
  kid: z.string(),
  d: z.string(),
});

/** The issuer's private key as a JWK. */
export type IssuerKey = z.infer<typeof keySchema>;

/** The key in this file, or undefined if there is none. Throws on a file that holds something else. */
export async function readIssuerKey(file: string): Promise<IssuerKey | undefined> {
  const stored = await readJson(file);
  return stored === undefined ? undefined : keySchema.parse(stored);
}

/** Makes the key if there is none yet; kept, so that tokens outlive a restart. */
export async function ensureIssuerKey(paths: StatePaths): Promise<void> {
  if ((await readIssuerKey(paths.issuerKey)) !== undefined) return;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  await writeJson(paths.issuerKey, { ...jwk, alg: 'RS256', use: 'sig', kid }, 0o600);
}
