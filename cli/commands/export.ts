import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Api } from '../api/client.ts';
import { joinCsvPages, nextLink, type CsvJoin } from '../api/csv-pages.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { reasonOf } from '../error-reason.ts';
import { NoAnswer, UsageError } from '../failures.ts';
import { counted, figure } from '../output/figures.ts';

export const exportIssuances = command({
  name: 'export',
  summary: "writes a coupon's issuances as CSV",
  usage: '<couponId> --out FILE',
  positionals: [1, 1],
  options: {
    out: { type: 'string', value: 'FILE', help: 'for its owner only; - is the standard output' },
    force: { type: 'boolean', help: 'replace the file if there is one' },
  },
  notes: ['The file is there only once it is whole. It names users: treat it accordingly.'],
  examples: ['export q1w2e3r4t5y6 --out issuances.csv', 'export q1w2e3r4t5y6 --out - | wc -l'],
  run: async ({ values, positionals: [couponId = ''], context, connect }) => {
    const { out, json, force } = values;
    if (out === undefined) throw new UsageError('export where to? --out FILE, or --out -');
    if (json) throw new UsageError('export writes CSV: --json has no meaning here');
    if (out === '-') {
      await pages(await connect(), couponId, context, (text) => {
        context.stdout.write(text);
        return Promise.resolve();
      });
      return;
    }
    const file = resolve(context.folder, out);
    if (!force && (await exists(file))) {
      throw new UsageError(`${out} is there already: --force replaces it`);
    }
    const api = await connect();
    const lines = await writeWhole(file, (handle) =>
      pages(api, couponId, context, async (text) => {
        await handle.write(text);
      }),
    );
    context.stderr.write(`${counted(lines, 'issuance')} in ${out}\n`);
  },
});

/** @returns how many lines were written, without the header */
async function pages(
  api: Api,
  couponId: string,
  { stderr }: Context,
  write: (text: string) => Promise<void>,
): Promise<number> {
  const join: CsvJoin = joinCsvPages();
  const seen = new Set<string>();
  let reply = await api.ask({
    route: 'exportIssuances',
    parameters: { couponId },
    query: { format: 'csv' },
  });
  for (;;) {
    await write(join.append(reply.text));
    const link = nextLink(reply.headers.get('link'));
    if (link === undefined) break;
    if (seen.has(link)) throw new NoAnswer('The API names the same page as the next one again');
    seen.add(link);
    if (stderr.isTerminal) stderr.write(`\r${figure(join.lines)} so far …`);
    reply = await api.follow(link, reply);
  }
  if (stderr.isTerminal && seen.size > 0) stderr.write('\r\u001b[K');
  return join.lines;
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/** Half an export that looks whole would be worse than none: it gets its name at the end. */
async function writeWhole<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const draft = `${file}.${process.pid}.part`;
  const handle = await opened(draft);
  try {
    const result = await work(handle);
    await handle.close();
    await rename(draft, file);
    return result;
  } catch (error) {
    await handle.close();
    await rm(draft, { force: true });
    throw error;
  }
}

async function opened(draft: string): Promise<FileHandle> {
  try {
    // 0600: it names users.
    return await open(draft, 'wx', 0o600);
  } catch (error) {
    throw new UsageError(`--out can't be written: ${reasonOf(error)}`);
  }
}
