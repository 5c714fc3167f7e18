import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StackProcess } from '../../local/stack-process.ts';
import type { ScratchTree } from '../mutants/scratch-tree.ts';
import type { Lie } from './lies.ts';

export interface RehearsedLie {
  readonly exitCode: number | null;
  /** By the rehearsal's last line. */
  readonly broken: readonly string[];
  readonly output: string;
}

/** Rehearses with a stack that has the bug. */
export function rehearseLie(tree: ScratchTree, { bug, rehearsal }: Lie): Promise<RehearsedLie> {
  return tree.with(bug, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coupon-lie-'));
    const stateDir = join(folder, 'state');
    try {
      const stack = await StackProcess.start({ stateDir, checkout: tree.root });
      try {
        return await rehearse(tree.root, [...rehearsal, '--out', folder], stateDir);
      } finally {
        await stack.interrupt();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

async function rehearse(
  root: string,
  args: readonly string[],
  stateDir: string,
): Promise<RehearsedLie> {
  const child = spawn(process.execPath, ['bench/rehearsal/main.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, COUPON_STATE_DIR: stateDir },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [exitCode] = (await once(child, 'close')) as [number | null];
  const broken = /^BROKEN: (.+)$/m.exec(output)?.[1]?.split(', ') ?? [];
  return { exitCode, broken, output };
}
