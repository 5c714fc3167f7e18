import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Database, DatabaseAddress } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { newCertificates, type Certificates } from '../support/certificates.ts';
import { CleanUp } from '../support/clean-up.ts';
import { newDatabase, type TestDatabase } from '../support/database.ts';
import { asAdmin, secureDatabase, unsecureDatabase } from '../support/secure-database.ts';
import { testServers } from '../support/servers.ts';

const LIMITS = { maxConnections: 2, connectTimeoutMs: 5_000, statementTimeoutMs: 5_000 };

const { databaseAdminUrl } = testServers();
const cleanUp = new CleanUp();
let certificates: Certificates;
let testDatabase: TestDatabase;

beforeAll(async () => {
  certificates = await newCertificates();
  testDatabase = await newDatabase();
});

beforeEach(() => secureDatabase(databaseAdminUrl, certificates.server));
afterEach(() => cleanUp.run());

afterAll(async () => {
  await unsecureDatabase(databaseAdminUrl);
  await testDatabase.drop();
  await certificates.remove();
});

/** By the name that is in the certificate. */
function appUrl(): string {
  return testDatabase.appUrl.replace('127.0.0.1', 'localhost');
}

function connect(address: Partial<DatabaseAddress> = {}): Database {
  const caFile = certificates.ca.certFile;
  return cleanUp.add(
    connectDatabase({ url: appUrl(), caFile, ...address, ...LIMITS }, () => undefined),
    (opened) => opened.close(),
  );
}

async function isEncrypted(database: Database): Promise<boolean | undefined> {
  const { rows } = await database.query<{ ssl: boolean }>(
    'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
  );
  return rows[0]?.ssl;
}

it('a connection is encrypted when there is an authority to check the server by', async () => {
  expect(await isEncrypted(connect())).toBe(true);
  expect(await isEncrypted(connect({ caFile: undefined }))).toBe(false);
});

it('a server whose certificate is for another host is refused', async () => {
  await secureDatabase(databaseAdminUrl, certificates.otherHost);
  const failure = await connect().query('SELECT 1').catch(asIs);
  expect(failure).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

it('a server whose certificate is by another authority is refused', async () => {
  await secureDatabase(databaseAdminUrl, certificates.stranger);
  const failure = await connect().query('SELECT 1').catch(asIs);
  expect(failure).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
});

it('a server that takes plain connections only is refused', async () => {
  await unsecureDatabase(databaseAdminUrl);
  await expect(connect().query('SELECT 1')).rejects.toThrow(LedgerUnavailable);
});

it('each connection has a password of its own', async () => {
  const { username } = new URL(testDatabase.appUrl);
  const bare = new URL(appUrl());
  bare.password = '';
  let password = 'the first';
  const change = (): Promise<unknown> =>
    asAdmin(databaseAdminUrl, (admin) =>
      admin.query(`ALTER ROLE ${username} PASSWORD '${password}'`),
    );
  await change();
  const database = connect({ url: bare.href, password: () => password });
  try {
    expect(await isEncrypted(database)).toBe(true);

    password = 'the second';
    await expect(
      Promise.all([1, 2].map(() => database.query('SELECT pg_sleep(0.2)'))),
    ).rejects.toThrow(LedgerUnavailable);
    await change();
    await Promise.all([1, 2].map(() => database.query('SELECT pg_sleep(0.2)')));
  } finally {
    password = 'of-the-tests';
    await change();
  }
});

/** Node's errors are no `Error`s of the world in which jest runs tests: no one could wrap them. */
function asIs(error: unknown): unknown {
  return error;
}

it('a token goes only to a server that Node itself trusts, where no authority is named', async () => {
  const { username } = new URL(testDatabase.appUrl);
  const bare = new URL(appUrl());
  bare.password = '';
  let asked = 0;
  const password = (): string => {
    asked += 1;
    return `token of ${username}`;
  };
  const connectAs = (): Database => connect({ url: bare.href, password, caFile: undefined });
  const failure = await connectAs().query('SELECT 1').catch(asIs);
  expect(failure).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  await unsecureDatabase(databaseAdminUrl);
  await expect(connectAs().query('SELECT 1')).rejects.toThrow(LedgerUnavailable);
  expect(asked).toBe(0);
});
