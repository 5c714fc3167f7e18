import { randomUUID } from 'node:crypto';
import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode } from './error-code.ts';

/** The checkout that this file belongs to. */
export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Downloaded servers are shared by every state directory, so that a test with its own state downloads nothing. */
export const downloadedServersDir = join(repositoryRoot, '.local', 'servers');

/** The servers that the stack starts. */
export const serverNames = ['valkey', 'kafka', 'postgres', 'issuer'] as const;
export type ServerName = (typeof serverNames)[number];

/** Where each thing lies in a state directory; all absolute paths. */
export interface StatePaths {
  readonly root: string;
  readonly lock: string;
  readonly ports: string;
  readonly endpoints: string;
  readonly pids: string;
  readonly logs: string;
  readonly valkey: string;
  readonly valkeyConfig: string;
  readonly kafka: string;
  readonly kafkaConfig: string;
  readonly postgres: string;
  readonly postgresPassword: string;
  readonly issuerKey: string;
  /** What the front keeps: mail, notifications, dead letters. */
  readonly front: string;
  /** Passwords of the database's users and the key of issuance ids. */
  readonly secrets: string;
  readonly demoCoupon: string;
}

/** The state directory that COUPON_STATE_DIR names, or `.local` in the checkout. */
export function chosenStateDir(): string {
  return resolve(process.env['COUPON_STATE_DIR'] ?? join(repositoryRoot, '.local'));
}

/** The layout of a state directory; only what is named here is forgotten by `npm run reset`. */
export function statePaths(root: string): StatePaths {
  return {
    root,
    lock: join(root, 'main.lock'),
    ports: join(root, 'ports.json'),
    endpoints: join(root, 'endpoints.json'),
    pids: join(root, 'pids'),
    logs: join(root, 'logs'),
    valkey: join(root, 'valkey'),
    valkeyConfig: join(root, 'valkey', 'valkey.conf'),
    kafka: join(root, 'kafka'),
    kafkaConfig: join(root, 'kafka', 'server.properties'),
    postgres: join(root, 'postgres'),
    postgresPassword: join(root, 'postgres-password'),
    issuerKey: join(root, 'issuer-key.json'),
    front: join(root, 'front'),
    secrets: join(root, 'secrets.json'),
    demoCoupon: join(root, 'demo-coupon.json'),
  };
}

/** What `npm run reset` deletes, each path by its name. The ports go last: they mark the directory as ours. */
export function forgettable({ root, lock, ports, ...data }: StatePaths): string[] {
  return [...Object.values(data).filter((path) => path !== root && path !== lock), ports];
}

/**
 * An argument that only this server of this state directory carries in its command line:
 * how a leftover of ours is told from a stranger that got its pid.
 */
export function commandLineMarker(paths: StatePaths, name: ServerName): string {
  const markers: Record<ServerName, string> = {
    valkey: paths.valkeyConfig,
    kafka: paths.kafkaConfig,
    postgres: paths.postgres,
    issuer: paths.issuerKey,
  };
  return markers[name];
}

/** Creates the directory if needed and resolves links in its path, so that command lines compare equal later. */
export async function openStateDir(stateDir: string): Promise<StatePaths> {
  await mkdir(stateDir, { recursive: true });
  const paths = statePaths(await realpath(stateDir));
  await mkdir(paths.pids, { recursive: true });
  await mkdir(paths.logs, { recursive: true });
  return paths;
}

/** Writes JSON so that a reader sees the old file or the new one, never a part. */
export async function writeJson(file: string, value: unknown, mode = 0o644): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`, { mode });
  await rename(draft, file);
}

/** The parsed file, or undefined if there is none. Throws on a file that isn't JSON. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : JSON.parse(text);
}

/** The file that holds a server's pid, and nothing else. */
export function pidFile(paths: StatePaths, name: ServerName): string {
  return join(paths.pids, `${name}.pid`);
}

/** The pid in a server's pid file, or undefined. */
export async function readPid(paths: StatePaths, name: ServerName): Promise<number | undefined> {
  const text = await readFile(pidFile(paths, name), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  // 0 and negative numbers address process groups: a damaged file must never reach kill().
  return pid > 1 ? pid : undefined;
}

/** Forgets a server's pid. */
export async function removePid(paths: StatePaths, name: ServerName): Promise<void> {
  await rm(pidFile(paths, name), { force: true });
}
