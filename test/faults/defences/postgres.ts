import type { Bug } from '../../mutants/mutation.ts';
import { knownBug, type Defence } from './defence.ts';

const HANDLER = 'lambdas/functions/record/handler.ts';

const countsAsDone: Bug = {
  name: 'A batch that could not be stored is reported, and counts as done',
  file: HANDLER,
  find: `      reportFailure(error, entries, logger);
      throw plainFault(error);
`,
  replace: `      reportFailure(error, entries, logger);
`,
};

export const postgresDefences: readonly Defence[] = [
  { row: '25', bug: countsAsDone },
  { row: '26', bug: knownBug('The counter moves by the size of the batch') },
  {
    row: '27',
    bug: {
      name: 'A connection that leads to a server that only reads is used again',
      file: 'lambdas/adapters/postgres/database.ts',
      find: `  if (cause instanceof pg.DatabaseError && cause.code === READ_ONLY) return cause;\n`,
      replace: '',
    },
  },
  { row: '28', bug: countsAsDone },
  { row: '28b', bug: countsAsDone },
  {
    row: '29',
    bug: {
      ...countsAsDone,
      name: 'A batch that PostgreSQL ended for a deadlock is reported, and counts as done',
      also: [
        {
          file: 'lambdas/adapters/postgres/record-ledger.ts',
          find: `const TRY_AGAIN = new Set(['40P01', '40001']);`,
          replace: `const TRY_AGAIN = new Set(['40001']);`,
        },
      ],
    },
  },
  {
    row: '30',
    bug: {
      name: 'A batch is given up after ten deliveries',
      file: HANDLER,
      find: `  return async (event) => {
    const entries`,
      replace: `  const failures = new Map<string, number>();
  return async (event) => {
    const entries`,
      also: [
        {
          file: HANDLER,
          find: `      reportFailure(error, entries, logger);
      throw plainFault(error);
`,
          replace: `      reportFailure(error, entries, logger);
      const first = JSON.stringify(entries.slice(0, 1).map(place));
      const count = (failures.get(first) ?? 0) + 1;
      failures.set(first, count);
      if (count <= 10) throw plainFault(error);
`,
        },
      ],
    },
  },
];
