/**
 * `npm run token -- --user u1 --scope "coupons:use" [--expires-in s]` prints an access token of the local issuer;
 * `--count N --out FILE` writes N of them, one a line, for the users `<user>1` … `<user>N`.
 */
import { open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { defaultLifetime_s } from './servers/issuer/claims.ts';
import { localSigner, manyTokens, type Signer } from './servers/issuer/signer.ts';
import { errorMessage } from './error-code.ts';
import { chosenStateDir, statePaths } from './state.ts';

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
  const sign = await localSigner(
    statePaths(chosenStateDir()),
    values.scope,
    wholeNumber('--expires-in', values['expires-in']),
  );
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

async function writeTokens(sign: Signer, user: string, count: number, file: string): Promise<void> {
  const out = await open(file, 'w', 0o600);
  try {
    for await (const tokens of manyTokens(sign, user, count)) {
      await out.write(`${tokens.join('\n')}\n`);
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
