import { registerRows } from './bench/register-rows.ts';
import { valkeyRows } from './rows/valkey.ts';

registerRows(valkeyRows);
