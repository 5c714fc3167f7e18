import { registerRows } from './bench/register-rows.ts';
import { aroundClockRows } from './rows/around-clock.ts';
import { aroundKeysRows } from './rows/around-keys.ts';
import { aroundLateRows } from './rows/around-late.ts';
import { aroundRandomRows } from './rows/around-random.ts';
import { aroundRebuildRows } from './rows/around-rebuild.ts';
import { aroundUserRows } from './rows/around-user.ts';

registerRows([
  ...aroundLateRows,
  ...aroundUserRows,
  ...aroundRandomRows,
  ...aroundRebuildRows,
  ...aroundKeysRows,
  ...aroundClockRows,
]);
