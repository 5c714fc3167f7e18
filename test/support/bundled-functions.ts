import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileVariables, makeBundles } from '../../bench/bundles/bundles.ts';
import { Assembly } from '../infra/assembly.ts';

/** All functions' bundles, each alone in a folder of its own, far from the repository. */
export interface BundledFunctions {
  /** Has a stack run them. */
  readonly variables: Readonly<Record<string, string>>;
  readonly functionVariables: Readonly<Record<string, string>>;
  /** The environment of which they are a part. */
  readonly assembly: Assembly;
  remove(): Promise<void>;
}

/** Bundles what `cdk deploy` would upload. */
export async function bundledFunctions(): Promise<BundledFunctions> {
  const folder = await mkdtemp(join(tmpdir(), 'coupon-bundled-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true });
  try {
    const bundles = await makeBundles(folder);
    return {
      variables: { COUPON_FUNCTIONS_DIR: folder },
      functionVariables: fileVariables(bundles),
      assembly: new Assembly('dev', join(folder, 'cdk.out')),
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
