import type { Client } from 'pg';
import type { SentStatement } from './watched-database.ts';

export interface Explained {
  /** As PostgreSQL writes it, without costs and times of day: the same on every machine. */
  readonly plan: string;
  /** The median of several runs, planning included. Milliseconds. */
  readonly ms: number;
}

const RUNS = 5;
const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00/g;

interface AnalyzedPlan {
  'Planning Time': number;
  'Execution Time': number;
}

/** Runs the statement for real (what it wrote is rolled back), and says how it was run. */
export async function explain(client: Client, statement: SentStatement): Promise<Explained> {
  const { text, values } = statement;
  const times: number[] = [];
  await client.query('BEGIN');
  try {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (COSTS OFF) ${text}`, [
      ...values,
    ]);
    for (let run = 0; run < RUNS; run += 1) {
      await client.query('SAVEPOINT run');
      const analyzed = await client.query<{ 'QUERY PLAN': AnalyzedPlan[] }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
        [...values],
      );
      const [timed] = analyzed.rows[0]?.['QUERY PLAN'] ?? [];
      times.push((timed?.['Planning Time'] ?? NaN) + (timed?.['Execution Time'] ?? NaN));
      await client.query('ROLLBACK TO SAVEPOINT run');
    }
    const ms = times.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? NaN;
    return { plan: rows.map((row) => row['QUERY PLAN'].replace(TIME, '…')).join('\n'), ms };
  } finally {
    await client.query('ROLLBACK');
  }
}
