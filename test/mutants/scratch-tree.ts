import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { mutatedFiles, type Bug } from './mutation.ts';

/** A copy of a checkout, in which bugs may be put. */
export interface ScratchTree {
  readonly root: string;
  /** Runs `work` while the bug is in the tree. */
  with<T>(bug: Bug, work: () => Promise<T>): Promise<T>;
}

/** Not copied: packages and downloaded servers, which nobody changes. */
const LINKED = ['node_modules', '.local/servers'];

/**
 * Copies the checkout as it is, also what is not committed.
 *
 * @param folder does not exist yet
 */
export async function scratchTree(checkout: string, folder: string): Promise<ScratchTree> {
  await mkdir(folder, { recursive: true });
  const root = await realpath(folder);
  for (const file of await filesOf(checkout)) {
    // A file that is deleted and not committed is still listed.
    if (existsSync(join(checkout, file))) await cp(join(checkout, file), join(root, file));
  }
  for (const linked of LINKED) {
    if (!existsSync(join(checkout, linked))) continue;
    await mkdir(dirname(join(root, linked)), { recursive: true });
    await symlink(join(checkout, linked), join(root, linked));
  }

  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  return {
    root,
    async with(bug, work) {
      const files = mutatedFiles(bug, read);
      const before = [...files.keys()].map((file) => [file, read(file)] as const);
      try {
        for (const [file, text] of files) await writeFile(join(root, file), text);
        return await work();
      } finally {
        for (const [file, text] of before) await writeFile(join(root, file), text);
      }
    },
  };
}

const MOST_BYTES_OF_NAMES = 16 * 1024 * 1024;

async function filesOf(checkout: string): Promise<string[]> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await promisify(execFile)('git', args, {
    cwd: checkout,
    maxBuffer: MOST_BYTES_OF_NAMES,
  });
  return [...new Set(stdout.split('\0'))].filter((file) => file !== '');
}
