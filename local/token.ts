/**
 * `npm run token -- --user u1 --scope "coupons:use" [--expires-in s]` prints an access token of the local issuer;
 * `--count N --out FILE` writes N of them, one a line, for the users `<user>1` … `<user>N`.
 */
import { open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { importJWK, SignJWT } from 'jose';
import { readEndpoints } from './endpoints.ts';
import { issuerUrl } from './servers/issuer/address.ts';
import { accessTokenClaims, defaultLifetime_s } from './servers/issuer/claims.ts';
import { readIssuerKey } from './servers/issuer/key.ts';
import { rememberedPorts } from './servers/ports.ts';
import { errorMessage } from './error-code.ts';
import { chosenStateDir, statePaths } from './state.ts';

/** Signatures under way at once: enough for the cores, few enough to keep memory flat. */
const batchSize = 256;

/** Makes the token of one user. */
type Signer = (subject: string) => Promise<string>;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      user: { type: 'string' },
      scope: { type: 'string', default: 'coupons:use' },
      'expires-in': { type: 'string', default: String(defaultLifetime_s) },
      count: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const sign = await localSigner(values.scope, wholeNumber('--expires-in', values['expires-in']));
  if (values.count === undefined) {
    if (values.out !== undefined) throw new Error('--out goes with --count');
    console.log(await sign(values.user ?? 'u1'));
    return;
  }
  if (values.out === undefined) throw new Error('--count needs --out FILE');
  const count = wholeNumber('--count', values.count);
  await writeTokens(sign, values.user ?? 'u', count, values.out);
  console.log(`${count} tokens in ${values.out}`);
}

/** Signs as the issuer of the state directory would, with its key. Throws when that isn't ours to do. */
async function localSigner(scope: string, expiresIn_s: number): Promise<Signer> {
  const paths = statePaths(chosenStateDir());
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

async function writeTokens(sign: Signer, user: string, count: number, file: string): Promise<void> {
  const out = await open(file, 'w', 0o600);
  try {
    for (let first = 1; first <= count; first += batchSize) {
      const length = Math.min(batchSize, count - first + 1);
      const batch = Array.from({ length }, (_, index) => sign(`${user}${first + index}`));
      await out.write(`${(await Promise.all(batch)).join('\n')}\n`);
    }
  } finally {
    await out.close();
  }
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${option} ${text} isn't a whole number`);
  return value;
}

await main().catch((error: unknown) => {
  console.error(errorMessage(error));
  process.exitCode = 1;
});
