import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../../local/servers/run-tool.ts';
import { repositoryRoot } from '../../local/state.ts';

const TOOLS = join(repositoryRoot, '.local', 'tools');
const UNPACKED = join(TOOLS, 'prometheus');

export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
}

/**
 * The programs of Debian's package, downloaded once and unpacked beside the checkout: nothing is
 * installed. Those on the PATH do as well.
 *
 * @throws Error that says what is missing
 */
export async function prometheusPrograms(): Promise<PrometheusPrograms> {
  const isInstalled = await runTool('promtool', ['--version']).then(
    () => true,
    () => false,
  );
  if (isInstalled) return { prometheus: 'prometheus', promtool: 'promtool' };
  if (!existsSync(UNPACKED)) await unpack();
  const bin = join(UNPACKED, 'usr', 'bin');
  return { prometheus: join(bin, 'prometheus'), promtool: join(bin, 'promtool') };
}

async function unpack(): Promise<void> {
  await mkdir(TOOLS, { recursive: true });
  const draft = await mkdtemp(join(TOOLS, 'draft-'));
  try {
    await runTool('apt-get', ['download', 'prometheus'], { cwd: draft });
    const [archive] = (await readdir(draft)).filter((file) => file.endsWith('.deb'));
    if (archive === undefined) throw new Error('apt-get left no package of prometheus');
    await runTool('dpkg', ['-x', archive, 'unpacked'], { cwd: draft });
    // Another test may have been quicker.
    await rename(join(draft, 'unpacked'), UNPACKED).catch((error: unknown) => {
      if (!existsSync(UNPACKED)) throw error;
    });
  } catch (error) {
    throw new Error('Prometheus cannot be had: install Debian’s package, or put it on the PATH', {
      cause: error,
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
