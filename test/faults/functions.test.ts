import { afterAll, beforeAll } from '@jest/globals';
import { registerRows } from './bench/register-rows.ts';
import { forgetShots, loadNoShots } from './bench/shots.ts';
import { functionsBatchesRows } from './rows/functions-batches.ts';
import { functionsClockRows } from './rows/functions-clock.ts';
import { functionsFrozenRows } from './rows/functions-frozen.ts';
import { functionsKilledRows } from './rows/functions-killed.ts';
import { functionsPoisonRows } from './rows/functions-poison.ts';

beforeAll(loadNoShots);

registerRows([
  ...functionsKilledRows,
  ...functionsBatchesRows,
  ...functionsPoisonRows,
  ...functionsClockRows,
  ...functionsFrozenRows,
]);

afterAll(forgetShots);
