/** `npm run bundles`: writes docs/bundles.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBundles } from './bundles.ts';
import { bundlesDocument } from './document.ts';

const FILE = 'docs/bundles.md';

const folder = await mkdtemp(join(tmpdir(), 'coupon-bundles-'));
try {
  const document = await bundlesDocument(await makeBundles(folder));
  await writeFile(FILE, document);
} finally {
  await rm(folder, { recursive: true });
}
