import { afterAll, beforeAll } from '@jest/globals';
import { registerRows } from './bench/register-rows.ts';
import { forgetShots, loadNoShots } from './bench/shots.ts';
import { functionsKilledRows } from './rows/functions-killed.ts';

beforeAll(loadNoShots);

registerRows([...functionsKilledRows]);

afterAll(forgetShots);
