import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../../local/state.ts';
import { lies } from '../lies/lies.ts';
import { rehearseLie } from '../lies/rehearse-lie.ts';
import { scratchTree } from '../mutants/scratch-tree.ts';

const SLOW_MS = 180_000;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coupon-lies-'));
});

afterAll(() => rm(folder, { recursive: true }));

// All of them, `npm run lies`, take some minutes.
it(
  'a rehearsal catches a stack that answers well and loses what it promised',
  async () => {
    const [lie] = lies;
    if (lie === undefined) throw new Error('there is no lie');
    const tree = await scratchTree(repositoryRoot, join(folder, 'tree'));
    const { exitCode, broken } = await rehearseLie(tree, lie);
    expect({ exitCode, broken }).toEqual({ exitCode: 1, broken: expect.arrayContaining(['I3']) });
  },
  SLOW_MS,
);
