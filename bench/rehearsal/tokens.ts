import { open } from 'node:fs/promises';
import { localSigner, manyTokens } from '../../local/servers/issuer/signer.ts';
import type { StatePaths } from '../../local/state.ts';
import type { RehearsalOptions } from './options.ts';

/** Outlive the longest rehearsal. */
const LIFETIME_S = 2 * 3600;

export interface Tokens {
  readonly operator: string;
  readonly checkout: string;
}

/**
 * Mints the tokens of `<prefix>1` … into a file, one a line, before the load begins.
 *
 * @throws Error when the local issuer is somebody else's
 */
export async function mintLocally(
  paths: StatePaths,
  { crowd }: RehearsalOptions,
  prefix: string,
  file: string,
): Promise<Tokens> {
  const sign = await localSigner(paths, 'coupons:use', LIFETIME_S);
  const out = await open(file, 'w', 0o600);
  try {
    for await (const tokens of manyTokens(sign, prefix, crowd.users)) {
      await out.write(`${tokens.join('\n')}\n`);
    }
  } finally {
    await out.close();
  }
  return {
    operator: await (await localSigner(paths, 'coupons:manage', LIFETIME_S))('rehearsal'),
    checkout: await (await localSigner(paths, 'coupons:checkout', LIFETIME_S))('rehearsal'),
  };
}
