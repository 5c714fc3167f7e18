import { randomBytes } from 'node:crypto';
import { chown, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatePaths } from '../../state.ts';
import { isRunningWith, startMark } from '../processes.ts';
import { runTool } from '../run-tool.ts';
import type { PostgresAccount } from './account.ts';

/** The superuser of our PostgreSQL. */
export const superuser = 'coupon_admin';

/**
 * Makes the database cluster if there is none yet, and gives its files to the account that will run it.
 * Returns the superuser's password. Throws when the data are there but the password is lost.
 */
export async function prepareData(
  paths: StatePaths,
  account: PostgresAccount,
  stopped?: AbortSignal,
): Promise<string> {
  const exists = await stat(paths.postgres).catch(() => undefined);
  const kept = await readFile(paths.postgresPassword, 'utf8').catch(() => undefined);
  if (exists === undefined) return await initialise(paths, account, stopped);
  if (kept === undefined) {
    throw new Error(
      `${paths.postgresPassword} is lost, and without it the data can't be used: npm run reset`,
    );
  }
  await giveTo(account, paths.postgres, exists.uid);
  return kept.trim();
}

async function initialise(
  paths: StatePaths,
  account: PostgresAccount,
  stopped?: AbortSignal,
): Promise<string> {
  const password = randomBytes(24).toString('hex');
  const draft = `${paths.postgres}.draft`;
  const passwordForInitdb = `${draft}-password`;
  await rm(draft, { recursive: true, force: true });
  await rm(passwordForInitdb, { force: true });
  try {
    await writeFile(passwordForInitdb, password, { mode: 0o600 });
    if (account.owner !== undefined) {
      await chown(passwordForInitdb, account.owner.uid, account.owner.gid);
    }
    await makeEmptyDirectory(draft, account);
    const { file, args, ...options } = account.command(join(account.programs, 'initdb'), [
      `--pgdata=${draft}`,
      `--username=${superuser}`,
      `--pwfile=${passwordForInitdb}`,
      ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'],
      // A crash of the machine during this one second costs nothing: the draft is made anew.
      '--no-sync',
    ]);
    await runTool(file, args, { ...options, cwd: '/', signal: stopped });
  } finally {
    await rm(passwordForInitdb, { force: true });
  }
  // The password first: data without it are of no use, a password without data is replaced.
  await rm(paths.postgresPassword, { force: true });
  await writeFile(paths.postgresPassword, `${password}\n`, { mode: 0o600 });
  await rename(draft, paths.postgres);
  return password;
}

async function makeEmptyDirectory(directory: string, account: PostgresAccount): Promise<void> {
  await runTool('mkdir', ['-m', '0700', directory]);
  if (account.owner !== undefined) {
    await chown(directory, account.owner.uid, account.owner.gid);
  }
}

/** The account may be another one than at the last start: a checkout was moved, a user was added. */
async function giveTo(account: PostgresAccount, directory: string, owner: number): Promise<void> {
  if (account.owner === undefined || account.owner.uid === owner) return;
  await runTool('chown', ['-R', `${account.owner.uid}:${account.owner.gid}`, directory]);
}

/**
 * Makes PostgreSQL see that the pid in a crashed server's postmaster.pid is stale when a stranger has
 * that pid now. The file itself must stay: its other lines let PostgreSQL find orphans that still
 * write to the data. It takes the pid of its own parent, us, for stale.
 */
export async function disownStalePid(paths: StatePaths): Promise<void> {
  const file = join(paths.postgres, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const [first = '', ...rest] = text.split('\n');
  const pid = Number.parseInt(first, 10);
  if (!(pid > 1) || (await startMark(pid)) === undefined) return;
  if (await isRunningWith(pid, paths.postgres)) return;
  await writeFile(file, [String(process.pid), ...rest].join('\n'));
}
