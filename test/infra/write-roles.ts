/** `npm run roles`: writes docs/roles.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assembly } from './assembly.ts';
import { rolesDocument } from './roles-document.ts';
import { synthesize } from '../../bench/bundles/synthesize.ts';

const outdir = await mkdtemp(join(tmpdir(), 'coupon-roles-'));
try {
  await synthesize('prod', { outdir });
  await writeFile('docs/roles.md', rolesDocument(new Assembly('prod', outdir)));
} finally {
  await rm(outdir, { recursive: true });
}
