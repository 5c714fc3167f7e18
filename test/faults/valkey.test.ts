import { registerRows } from './bench/register-rows.ts';
import { valkeyFailoverRows } from './rows/valkey-failover.ts';
import { valkeyMemoryRows } from './rows/valkey-memory.ts';
import { valkeyRows } from './rows/valkey.ts';

const rows = [...valkeyRows, ...valkeyMemoryRows, ...valkeyFailoverRows];
// Those that need a bench of their own come last.
registerRows(rows.toSorted((a, b) => Number('options' in a) - Number('options' in b)));
