import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ASSEMBLIES_VARIABLE, ENVIRONMENTS } from './assembly.ts';
import { synthesize } from '../../bench/bundles/synthesize.ts';

/** Synthesizes each environment once for all tests, without the functions' bundles. */
export default async function setUp(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'coupon-assemblies-'));
  process.env[ASSEMBLIES_VARIABLE] = folder;
  await Promise.all(
    ENVIRONMENTS.map((environment) =>
      synthesize(environment, { outdir: join(folder, environment) }),
    ),
  );
}
