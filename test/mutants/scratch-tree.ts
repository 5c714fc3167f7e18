import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { mutatedFiles, type Mutation } from './mutation.ts';

/** A copy of the checkout as it is, also what is not committed, in which bugs may be put. */
export interface ScratchTree {
  readonly root: string;
  /** Runs `work` while the bug is in the tree. */
  with<T>(mutation: Mutation, work: () => Promise<T>): Promise<T>;
  remove(): Promise<void>;
}

/** Not copied: packages and downloaded servers, which nobody changes. */
const LINKED = ['node_modules', '.local/servers'];

export async function scratchTree(checkout: string): Promise<ScratchTree> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'coupon-mutants-')));
  try {
    for (const file of await filesOf(checkout)) {
      // A file that is deleted and not committed is still listed.
      if (existsSync(join(checkout, file))) await cp(join(checkout, file), join(root, file));
    }
    for (const folder of LINKED) {
      if (!existsSync(join(checkout, folder))) continue;
      await mkdir(dirname(join(root, folder)), { recursive: true });
      await symlink(join(checkout, folder), join(root, folder));
    }
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }
  return {
    root,
    async with(mutation, work) {
      const read = (file: string): string => readFileSync(join(root, file), 'utf8');
      const files = mutatedFiles(mutation, read);
      const before = [...files.keys()].map((file) => [file, read(file)] as const);
      try {
        for (const [file, text] of files) await writeFile(join(root, file), text);
        return await work();
      } finally {
        for (const [file, text] of before) await writeFile(join(root, file), text);
      }
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

async function filesOf(checkout: string): Promise<string[]> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await promisify(execFile)('git', args, {
    cwd: checkout,
    maxBuffer: 16 * 1024 * 1024,
  });
  return [...new Set(stdout.split('\0'))].filter((file) => file !== '');
}
