import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadedServersDir } from '../state.ts';

/** A draft this old was left by a download that was interrupted; none takes that long. */
const abandonedAfter_ms = 60 * 60 * 1000;

/** Where the cached server of this name lies, or undefined if it was not downloaded yet. */
export async function cached(name: string): Promise<string | undefined> {
  const directory = join(downloadedServersDir, name);
  return (await exists(directory)) ? directory : undefined;
}

/**
 * The directory of a downloaded server; `fill` downloads into an empty one if it isn't there yet.
 * Complete or absent, also when two starts download at once: the later result is thrown away.
 */
export async function fromCache(
  name: string,
  fill: (directory: string) => Promise<void>,
): Promise<string> {
  const directory = join(downloadedServersDir, name);
  if (await exists(directory)) return directory;
  await mkdir(downloadedServersDir, { recursive: true });
  await removeAbandonedDrafts();
  const draft = await mkdtemp(join(downloadedServersDir, `draft-${name}-`));
  try {
    await fill(draft);
    // mkdtemp's 0700 would keep out other accounts that use the same checkout.
    await chmod(draft, 0o755);
    await rename(draft, directory).catch(async (error: unknown) => {
      if (!(await exists(directory))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return directory;
}

async function removeAbandonedDrafts(): Promise<void> {
  for (const entry of await readdir(downloadedServersDir)) {
    if (!entry.startsWith('draft-')) continue;
    const draft = join(downloadedServersDir, entry);
    const age_ms = Date.now() - (await stat(draft).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age_ms > abandonedAfter_ms) await rm(draft, { recursive: true, force: true });
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
