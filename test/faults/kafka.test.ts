import { registerRows } from './bench/register-rows.ts';
import { areas } from './matrix.ts';

registerRows(areas.kafka);
