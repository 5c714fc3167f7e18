import { afterAll, beforeAll } from '@jest/globals';
import { registerRows } from './bench/register-rows.ts';
import { forgetShots, loadNoShots } from './bench/shots.ts';
import { functionsBatchesRows } from './rows/functions-batches.ts';
import { functionsKilledRows } from './rows/functions-killed.ts';

beforeAll(loadNoShots);

registerRows([...functionsKilledRows, ...functionsBatchesRows]);

afterAll(forgetShots);
