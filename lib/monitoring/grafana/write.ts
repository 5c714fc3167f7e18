/** `npm run grafana`: writes docs/grafana. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { grafanaDocuments } from './documents.ts';

const folder = 'docs/grafana';
await mkdir(folder, { recursive: true });
for (const [name, text] of grafanaDocuments()) {
  await writeFile(join(folder, name), await format(text, { parser: 'json', printWidth: 100 }));
}
