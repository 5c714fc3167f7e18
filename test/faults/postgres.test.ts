import { registerRows } from './bench/register-rows.ts';
import { postgresRows } from './rows/postgres.ts';

registerRows(postgresRows);
