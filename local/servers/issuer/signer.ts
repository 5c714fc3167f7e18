import { importJWK, SignJWT } from 'jose';
import { readEndpoints } from '../../endpoints.ts';
import type { StatePaths } from '../../state.ts';
import { rememberedPorts } from '../ports.ts';
import { issuerUrl } from './address.ts';
import { accessTokenClaims } from './claims.ts';
import { readIssuerKey } from './key.ts';

/** Makes the access token of one user. */
export type Signer = (subject: string) => Promise<string>;

/**
 * Signs as the issuer of the state directory would, with its key, without asking it.
 *
 * @param scope separated by spaces
 * @throws Error when the stack was never started there, or its issuer is somebody else's
 */
export async function localSigner(
  paths: StatePaths,
  scope: string,
  expiresIn_s: number,
): Promise<Signer> {
  const endpoints = await readEndpoints(paths);
  if (endpoints === undefined) {
    throw new Error(`The stack was never started in ${paths.root}: run npm start first.`);
  }
  const { issuer, audience } = endpoints;
  const key = await readIssuerKey(paths.issuerKey);
  const { issuer: port } = await rememberedPorts(paths);
  if (key === undefined || port === undefined || issuer !== issuerUrl(port)) {
    throw new Error(`Tokens come from ${issuer} (JWT_ISSUER); ask it, its key isn't here.`);
  }
  const privateKey = await importJWK(key, key.alg);
  const now_s = Math.floor(Date.now() / 1000);
  return (subject) =>
    new SignJWT(accessTokenClaims({ issuer, audience, subject, scope, expiresIn_s }, now_s))
      .setProtectedHeader({ typ: 'JWT', kid: key.kid, alg: key.alg })
      .sign(privateKey);
}

/** Signatures under way at once: enough for the cores, few enough to keep memory flat. */
const BATCH = 256;

/** The tokens of `<prefix>1` … `<prefix>N`, a batch at a time. */
export async function* manyTokens(
  sign: Signer,
  prefix: string,
  count: number,
): AsyncGenerator<readonly string[]> {
  for (let first = 1; first <= count; first += BATCH) {
    const length = Math.min(BATCH, count - first + 1);
    yield Promise.all(Array.from({ length }, (_, index) => sign(`${prefix}${first + index}`)));
  }
}
