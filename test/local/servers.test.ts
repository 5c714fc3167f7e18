import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { writeEndpoints } from '../../local/endpoints.ts';
import { checkKafka } from '../../local/servers/kafka/check.ts';
import { checkPostgres } from '../../local/servers/postgres/check.ts';
import { endLeftovers } from '../../local/servers/leftovers.ts';
import { startMark } from '../../local/servers/processes.ts';
import { type Servers, startServers, type ServersOptions } from '../../local/servers/start.ts';
import { checkValkey } from '../../local/servers/valkey/check.ts';
import { serverNames, statePaths } from '../../local/state.ts';

const audience = 'coupon-api';
const repository = fileURLToPath(new URL('../..', import.meta.url));
/** The first start on a machine also downloads. */
const slow_ms = 180_000;

let stateDir: string;

async function newStateDir(): Promise<void> {
  // mkdtemp makes it with mode 0700: closed to the account that PostgreSQL runs under.
  stateDir = join(await mkdtemp(join(tmpdir(), 'coupon-servers-')), 'state');
}

async function removeStateDir(): Promise<void> {
  // Whatever a failed test left: never a running server.
  await endLeftovers(statePaths(stateDir), () => undefined);
  await rm(join(stateDir, '..'), { recursive: true, force: true });
}

function start(options: Partial<ServersOptions> = {}): Promise<Servers> {
  return startServers({ stateDir, audience, progress: () => undefined, ...options });
}

describe('a running stack', () => {
  let servers: Servers;

  beforeAll(async () => {
    await newStateDir();
    servers = await start();
  }, slow_ms);

  afterAll(async () => {
    await servers.stop();
    await removeStateDir();
  }, slow_ms);

  it('serves with all four, below a directory that other accounts cannot enter', async () => {
    const { valkeyUrl, kafkaBrokers, databaseAdminUrl, issuer, jwksUri } = servers.endpoints;
    await checkValkey(valkeyUrl);
    await checkKafka(kafkaBrokers);
    await checkPostgres(databaseAdminUrl);
    expect((await fetch(jwksUri)).status).toBe(200);
    expect(issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await pidFiles()).toEqual(servers.pids());
  });

  it.each(serverNames)(
    'has %s back with another pid at the same address when it is killed',
    async (name) => {
      const server = servers.server(name);
      const before = server?.pid();
      if (server === undefined || before === undefined) throw new Error(`no ${name}`);
      process.kill(before, 'SIGKILL');
      await within(2_000, () => server.pid() !== before && server.pid() !== undefined);
      const replaced = Date.now();
      await server.healthy();
      expect(Date.now() - replaced).toBeLessThan(15_000);
      await checkValkey(servers.endpoints.valkeyUrl);
      await checkKafka(servers.endpoints.kafkaBrokers);
      await checkPostgres(servers.endpoints.databaseAdminUrl);
      expect(await pidFiles()).toEqual(servers.pids());
    },
    30_000,
  );

  it('keeps a server down while it is held and has it back when it is released', async () => {
    const postgres = servers.server('postgres');
    await postgres?.hold('SIGKILL');
    await sleep(500);
    expect(servers.pids().postgres).toBeUndefined();
    await expect(checkPostgres(servers.endpoints.databaseAdminUrl)).rejects.toThrow();
    await postgres?.release();
    await checkPostgres(servers.endpoints.databaseAdminUrl);
  }, 30_000);

  it('refuses a second one in its state directory, and its reset', async () => {
    await expect(start()).rejects.toThrow(/already runs/);
    await expect(npmScript('reset.ts')).rejects.toThrow(/already runs/);
    await checkPostgres(servers.endpoints.databaseAdminUrl);
  });

  it('serves another stack as external servers', async () => {
    const { valkeyUrl, kafkaBrokers, databaseAdminUrl, issuer } = servers.endpoints;
    const external = { valkeyUrl, kafkaBrokers, databaseUrl: databaseAdminUrl, jwtIssuer: issuer };
    const user = await start({ stateDir: join(stateDir, 'second'), external });
    expect(user.server('kafka')).toBeUndefined();
    expect(user.pids()).toEqual({});
    expect(user.endpoints).toEqual(servers.endpoints);
    await user.stop();
  });

  it('gives the same tokens by its issuer and by `npm run token`, good for the published keys', async () => {
    const { issuer, jwksUri } = servers.endpoints;
    await publishIssuer(issuer);
    const fromIssuer = await requestToken(issuer, {
      ...{ grant_type: 'password', username: 'u1', scope: 'coupons:use', expires_in: '60' },
    });
    const fromScript = (
      await npmScript('token.ts', '--user', 'u1', '--scope', 'coupons:use', '--expires-in', '60')
    ).trim();
    const keys = createRemoteJWKSet(new URL(jwksUri));
    for (const token of [fromIssuer, fromScript]) {
      const { payload } = await jwtVerify(token, keys, { issuer, audience });
      expect(payload).toMatchObject({ sub: 'u1', scope: 'coupons:use', aud: audience });
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
    }
    expect(Object.keys(decodeJwt(fromScript))).toEqual(Object.keys(decodeJwt(fromIssuer)));
    expect(decodeProtectedHeader(fromScript)).toEqual(decodeProtectedHeader(fromIssuer));
  }, 30_000);

  it('gives a token to a client that has no user', async () => {
    const { issuer } = servers.endpoints;
    const token = await requestToken(issuer, {
      ...{ grant_type: 'client_credentials', client_id: 'back-office', scope: 'coupons:manage' },
    });
    expect(decodeJwt(token)).toMatchObject({ sub: 'back-office', scope: 'coupons:manage' });
  });

  it('gives many tokens, one a line', async () => {
    await publishIssuer(servers.endpoints.issuer);
    const file = join(stateDir, 'tokens.txt');
    await npmScript('token.ts', '--count', '300', '--out', file);
    const tokens = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(tokens).toHaveLength(300);
    expect(decodeJwt(tokens.at(-1) ?? '').sub).toBe('u300');
  }, 30_000);
});

describe('starting and stopping', () => {
  beforeEach(newStateDir);
  afterEach(removeStateDir);

  it(
    'keeps data and addresses until the reset, and leaves no process',
    async () => {
      const first = await start();
      const pids = Object.values(first.pids());
      try {
        await query(first.endpoints.databaseAdminUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
        await produce(first.endpoints.kafkaBrokers, 'kept', '42');
      } finally {
        await first.stop();
      }
      expect(await pidFiles()).toEqual({});
      for (const pid of pids) expect(await startMark(pid)).toBeUndefined();

      const second = await start();
      try {
        expect(second.endpoints).toEqual(first.endpoints);
        expect(await query(second.endpoints.databaseAdminUrl, 'SELECT answer FROM kept')).toEqual([
          { answer: 42 },
        ]);
        expect(await endOffset(second.endpoints.kafkaBrokers, 'kept')).toBe('1');
      } finally {
        await second.stop();
      }
      await npmScript('reset.ts');
      expect(await readdir(stateDir)).toEqual([]);
    },
    slow_ms,
  );

  it(
    'ends what a crashed stack left, and nothing else',
    async () => {
      const pids = await crashedStack();
      for (const pid of Object.values(pids)) expect(await startMark(pid)).toBeDefined();
      // The issuer's pid file now names a stranger, as after the reuse of a pid.
      process.kill(pids['issuer'] ?? 0, 'SIGKILL');
      const stranger = spawn('sleep', ['60']);
      await writeFile(join(stateDir, 'pids', 'issuer.pid'), String(stranger.pid));
      try {
        const servers = await start();
        await servers.stop();
        for (const pid of Object.values(pids)) expect(await startMark(pid)).toBeUndefined();
        expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
      } finally {
        stranger.kill();
      }
    },
    slow_ms,
  );

  it(
    'works after everything was killed and the pids passed to strangers',
    async () => {
      const pids = await crashedStack();
      for (const pid of Object.values(pids)) process.kill(pid, 'SIGKILL');
      const stranger = spawn('sleep', ['60']);
      const postmasterPid = join(stateDir, 'postgres', 'postmaster.pid');
      const [, ...rest] = (await readFile(postmasterPid, 'utf8')).split('\n');
      await writeFile(postmasterPid, [stranger.pid, ...rest].join('\n'));
      try {
        const servers = await start();
        await servers.stop();
        expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
      } finally {
        stranger.kill();
      }
    },
    slow_ms,
  );

  it(
    'stops what it has started when it is aborted',
    async () => {
      const abort = new AbortController();
      const pids: number[] = [];
      const starting = start({
        signal: abort.signal,
        started: (_name, pid) => {
          pids.push(pid);
          if (pids.length === 2) abort.abort(new Error('Ctrl-C'));
        },
      });
      await expect(starting).rejects.toThrow('Ctrl-C');
      for (const pid of pids) expect(await startMark(pid)).toBeUndefined();
    },
    slow_ms,
  );

  it('names all external servers that do not answer', async () => {
    const nobody = '127.0.0.1:1';
    const external = {
      ...{ valkeyUrl: `redis://${nobody}`, kafkaBrokers: [nobody] },
      ...{ databaseUrl: `postgres://${nobody}/coupons`, jwtIssuer: `http://${nobody}` },
    };
    const refused = start({ external });
    await expect(refused).rejects.toThrow(/VALKEY_URL.*KAFKA_BROKERS.*DATABASE_URL.*JWT_ISSUER/s);
  });

  it('comes before tokens', async () => {
    await expect(npmScript('token.ts', '--user', 'u1')).rejects.toThrow(/never started/);
  });
});

async function pidFiles(): Promise<Record<string, number>> {
  const { pids } = statePaths(stateDir);
  const found: Record<string, number> = {};
  for (const file of await readdir(pids)) {
    found[file.replace('.pid', '')] = Number(await readFile(join(pids, file), 'utf8'));
  }
  return found;
}

async function within(patience_ms: number, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + patience_ms;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${patience_ms} ms`);
    await sleep(10);
  }
}

/** Starts a stack in another process, kills that process and returns the pids of the servers it left. */
async function crashedStack(): Promise<Record<string, number>> {
  const program = fileURLToPath(new URL('stack-process.ts', import.meta.url));
  const stack = spawn(process.execPath, [program, stateDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await Promise.race([
    once(stack.stdout, 'data'),
    once(stack, 'exit'),
  ])) as unknown[];
  if (!Buffer.isBuffer(line)) throw new Error('the stack did not start');
  stack.kill('SIGKILL');
  await once(stack, 'exit');
  const { pids } = JSON.parse(line.toString()) as { pids: Record<string, number> };
  return pids;
}

async function npmScript(script: string, ...args: string[]): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [join(repository, 'local', script), ...args], {
    env: { ...process.env, COUPON_STATE_DIR: stateDir },
  });
  return stdout;
}

/** As the whole stack would, for those who only ask where the issuer is. */
async function publishIssuer(issuer: string): Promise<void> {
  const elsewhere = { api: '', valkey: '', kafka: '', topic: '', group: '', databaseUrl: '' };
  await writeEndpoints(statePaths(stateDir), {
    ...elsewhere,
    ...{ issuer, audience, lambda: '', metrics: '', pids: '' },
  });
}

async function requestToken(issuer: string, form: Record<string, string>): Promise<string> {
  const reply = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
  expect(reply.status).toBe(200);
  return ((await reply.json()) as { access_token: string }).access_token;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function kafka(brokers: string[]): Kafka {
  return new Kafka({ brokers, logLevel: logLevel.NOTHING });
}

async function produce(brokers: string[], topic: string, value: string): Promise<void> {
  const admin = kafka(brokers).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
  await admin.disconnect();
  const producer = kafka(brokers).producer();
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: [{ value }] });
  await producer.disconnect();
}

async function endOffset(brokers: string[], topic: string): Promise<string | undefined> {
  const admin = kafka(brokers).admin();
  await admin.connect();
  try {
    return (await admin.fetchTopicOffsets(topic))[0]?.offset;
  } finally {
    await admin.disconnect();
  }
}
