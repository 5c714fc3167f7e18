import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { readFile } from 'node:fs/promises';
import { resumeRecording } from '../../../local/recording.ts';
import { superuser } from '../../../local/servers/postgres/data.ts';
import type { BenchStack } from '../bench-stack.ts';
import type { Figure } from '../figure.ts';

const BAR = { atLeast: 2 };
const POLL_MS = 50;

/**
 * How fast a backlog becomes rows, against how fast it was issued, and against a COPY of the same
 * rows into a table with the same indexes.
 *
 * @param couponIds whose claims wait in Kafka
 * @param issueRate claims a second, of the same run
 */
export async function recordFigures(
  stack: BenchStack,
  couponIds: readonly string[],
  issueRate: number,
): Promise<Figure[]> {
  const rows = await stack.unrecorded(couponIds);
  const begun = performance.now();
  await resumeRecording(stack.endpoints);
  await stack.withLedger(async (ledger) => {
    while ((await countRows(ledger, couponIds)) < rows) await sleep(POLL_MS);
  });
  const rate = rows / ((performance.now() - begun) / 1000);
  const copyRate = await copyAgain(stack, rows);
  return [
    { name: 'record', value: rate, unit: 'rows/s', detail: { rows } },
    { name: 'record / issue path', value: rate / issueRate, unit: '', bar: BAR },
    { name: 'record / COPY', value: rate / copyRate, unit: '', detail: { copyRate } },
  ];
}

/** By the coupons' counters, which move with the rows in one transaction. */
async function countRows(ledger: Client, couponIds: readonly string[]): Promise<number> {
  const { rows } = await ledger.query<{ sum: string }>(
    'SELECT sum(issued) AS sum FROM coupons WHERE id = ANY($1)',
    [couponIds],
  );
  return Number(rows[0]?.sum ?? 0);
}

/** Rows a second of the server's own COPY from a file, without triggers. */
async function copyAgain(stack: BenchStack, rows: number): Promise<number> {
  const url = new URL(stack.endpoints.databaseUrl);
  url.username = superuser;
  url.password = (await readFile(stack.paths.postgresPassword, 'utf8')).trim();
  const admin = new Client({ connectionString: url.href });
  await admin.connect();
  try {
    const { rows: found } = await admin.query<{ data_directory: string }>('SHOW data_directory');
    const file = `'${found[0]?.data_directory ?? ''}/bench.copy'`;
    await admin.query(`COPY (SELECT * FROM issuances LIMIT ${rows}) TO ${file}`);
    await admin.query('CREATE TABLE bench_copy (LIKE issuances INCLUDING ALL)');
    const begun = performance.now();
    await admin.query(`COPY bench_copy FROM ${file}`);
    return rows / ((performance.now() - begun) / 1000);
  } finally {
    await admin.query('DROP TABLE IF EXISTS bench_copy');
    await admin.end();
  }
}
