import { registerRows } from './bench/register-rows.ts';
import { aroundLateRows } from './rows/around-late.ts';
import { aroundRebuildRows } from './rows/around-rebuild.ts';
import { aroundUserRows } from './rows/around-user.ts';

registerRows([...aroundLateRows, ...aroundUserRows, ...aroundRebuildRows]);
