import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { launch, logTail } from '../../../local/servers/launch.ts';
import { postgresAccount } from '../../../local/servers/postgres/account.ts';
import { postgresBinaries } from '../../../local/servers/postgres/binaries.ts';
import { checkPostgres } from '../../../local/servers/postgres/check.ts';
import { choosePorts } from '../../../local/servers/ports.ts';
import { runTool } from '../../../local/servers/run-tool.ts';
import { openStateDir, statePaths } from '../../../local/state.ts';
import { targetOf, type Address } from '../../support/tcp-proxy.ts';
import { until } from '../../support/until.ts';
import type { FaultBench } from './fault-bench.ts';

const PATIENCE_MS = 30_000;

/**
 * As RDS Multi-AZ: no commit is confirmed that the standby has not on its disk, and it can take the
 * first one's place; the reader follows as fast as it can.
 */
type Role = 'standby' | 'reader';

/** A second PostgreSQL that only reads, and takes all that the first one writes. */
export class Standby {
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
  }

  /** A copy of the bench's PostgreSQL, which is stopped for it. It ends with the bench. */
  static async of(bench: FaultBench, role: Role): Promise<Standby> {
    const primaryUrl = bench.servers.endpoints.databaseAdminUrl;
    const { root, postgres: data } = statePaths(bench.servers.stateDir);
    const copy = join(root, role);
    await bench.servers.whileStopped('postgres', () => runTool('cp', ['-a', data, copy]));
    const { postgres: port } = await choosePorts(
      await openStateDir(`${copy}-state`),
      ['postgres'],
      {},
    );
    await follow(primaryUrl, copy, role);
    const standby = new Standby(withPort(primaryUrl, port));
    await standby.#start(bench, copy, port);
    if (role === 'standby') await requireStandby(primaryUrl);
    return standby;
  }

  get address(): Address {
    return targetOf(this.#url);
  }

  /** Resolves when it takes writes. */
  async promote(): Promise<void> {
    const promoted = await ask<{ done: boolean }>(this.#url, 'SELECT pg_promote(true, 20) AS done');
    if (promoted?.done !== true) throw new Error('the standby is not promoted');
  }

  async #start(bench: FaultBench, data: string, port: number): Promise<void> {
    const account = await postgresAccount(await postgresBinaries(), dirname(data));
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'max_connections=200',
    ];
    const args = ['-D', data, '-p', String(port), ...settings.flatMap((each) => ['-c', each])];
    const command = account.command(join(account.programs, 'postgres'), args);
    const log = `${data}.log`;
    const { process, ended } = launch({ ...command, cwd: '/' }, log, `${data}.pid`);
    bench.add(process, async () => {
      process.kill('SIGINT');
      await ended;
    });
    try {
      await until('the standby serves', PATIENCE_MS, () =>
        checkPostgres(this.#url).then(() => true as const),
      );
    } catch (error) {
      throw new Error(await logTail(log), { cause: error });
    }
  }
}

/** Has the copy take all that the primary writes. */
async function follow(primaryUrl: string, data: string, role: Role): Promise<void> {
  const { hostname, port, username, password } = new URL(primaryUrl);
  const primary = `host=${hostname} port=${port} user=${username} password=${password} application_name=${role}`;
  await writeFile(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${primary}'\n`);
  await writeFile(join(data, 'standby.signal'), '');
}

/** Who is told of a commit from then on finds it there too. */
async function requireStandby(primaryUrl: string): Promise<void> {
  const name: Role = 'standby';
  await ask(primaryUrl, `ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
  await ask(primaryUrl, 'SELECT pg_reload_conf()');
  await until('commits wait for the standby', PATIENCE_MS, async () => {
    const states = await ask<{ sync_state: string }>(
      primaryUrl,
      `SELECT sync_state FROM pg_stat_replication WHERE application_name = '${name}'`,
    );
    return states?.sync_state === 'sync' ? true : undefined;
  });
}

/** Returns the first row. */
async function ask<Row extends pg.QueryResultRow>(
  url: string,
  statement: string,
): Promise<Row | undefined> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows[0];
  } finally {
    await client.end();
  }
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}
