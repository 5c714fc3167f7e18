import { registerRows } from './bench/register-rows.ts';
import { postgresAwayRows } from './rows/postgres-away.ts';
import { postgresFullRows } from './rows/postgres-full.ts';
import { postgresStandbyRows } from './rows/postgres-standby.ts';
import { postgresRows } from './rows/postgres.ts';

// Those that share a bench first.
registerRows([...postgresRows, ...postgresAwayRows, ...postgresFullRows, ...postgresStandbyRows]);
