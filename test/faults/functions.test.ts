import { afterAll, beforeAll } from '@jest/globals';
import { registerRows } from './bench/register-rows.ts';
import { forgetShots, loadNoShots } from './bench/shots.ts';
import { areas } from './matrix.ts';

beforeAll(loadNoShots);

registerRows(areas.functions);

afterAll(forgetShots);
