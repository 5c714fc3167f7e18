import { join } from 'node:path';
import type { FunctionTable } from '../../local/lambda/functions.ts';

/** Small functions to run the stand-in with. */
export const sampleDirectory = join(import.meta.dirname, 'sample-functions');

export const sampleTable: FunctionTable = {
  sample: { timeoutSeconds: 2, memoryMb: 128 },
  broken: { timeoutSeconds: 2, memoryMb: 128 },
};
