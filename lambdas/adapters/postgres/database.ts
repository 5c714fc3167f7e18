import { readFileSync } from 'node:fs';
import type { ClientConfig, PoolConfig, QueryResult, QueryResultRow } from 'pg';
import pg from 'pg';
import { GateOutcomeUnknown, GateUnavailable, LedgerUnavailable } from '../../domain/ports.ts';

export interface DatabaseSettings extends DatabaseAddress {
  readonly maxConnections: number;
  /** Milliseconds until a connection must be there, and until a statement must have ended. */
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

export interface DatabaseAddress {
  readonly url: string;
  /** A new one for each connection; without it the URL has one. */
  readonly password?: (() => string) | undefined;
  /**
   * PEM certificates: the server must have one that leads to them and bears the URL's host
   * (`verify-full`). Without them it must lead to one that Node itself trusts, as that of a proxy of
   * RDS does, where passwords are tokens; elsewhere the connection is plain.
   */
  readonly caFile?: string | undefined;
}

export interface Queryable {
  query<Row extends QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<QueryResult<Row>>;
}

export interface Database extends Queryable {
  /** Runs `work` between BEGIN and COMMIT; rolls back if it throws. */
  transaction<T>(work: (client: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The client gives up a little after the server should have: only if the server hangs. */
const CLIENT_GRACE_MS = 300;
const DEFAULT_PORT = 5432;
const IDLE_MS = 60_000;
const IDLE_IN_TRANSACTION_MS = 5_000;

/**
 * A pool of connections. All its calls reject with {@link LedgerUnavailable} when the database
 * cannot be reached, is too slow, or asks for another try, and with PostgreSQL's own error else.
 *
 * @param onError told of errors of idle connections, which come outside any call
 */
export function connectDatabase(
  settings: DatabaseSettings,
  onError: (error: Error) => void,
): Database {
  const pool = new pg.Pool(poolConfig(settings));
  pool.on('error', onError);

  return {
    async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) {
      try {
        return await pool.query<Row>(text, [...values]);
      } catch (error) {
        throw asLedgerError(error);
      }
    },

    async transaction(work) {
      try {
        return await transact(pool, work);
      } catch (error) {
        throw asLedgerError(error);
      }
    },

    close: () => pool.end(),
  };
}

/** The part of pg's configuration that leads to the database. */
export function connectionConfig({ url, password, caFile }: DatabaseAddress): ClientConfig {
  const trusted = caFile === undefined ? true : { ca: readFileSync(caFile, 'utf8') };
  if (password === undefined) {
    return { connectionString: url, ...(caFile === undefined ? {} : { ssl: trusted }) };
  }
  // pg puts the password of a URL above any other, also the one that it does not have.
  const { hostname, port, username, pathname } = new URL(url);
  return {
    host: hostname,
    port: port === '' ? DEFAULT_PORT : Number(port),
    user: decodeURIComponent(username),
    database: decodeURIComponent(pathname.slice(1)),
    password,
    ssl: trusted,
  };
}

function poolConfig(settings: DatabaseSettings): PoolConfig {
  return {
    ...connectionConfig(settings),
    max: settings.maxConnections,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    idleTimeoutMillis: IDLE_MS,
    statement_timeout: settings.statementTimeoutMs,
    query_timeout: settings.statementTimeoutMs + CLIENT_GRACE_MS,
    // A client that was frozen or vanished within a transaction must not keep its locks.
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    application_name: 'event-spike-coupons',
  };
}

async function transact<T>(pool: pg.Pool, work: (client: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // An error between two queries would otherwise end the process.
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  const queryable: Queryable = {
    query: <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      client.query<Row>(text, [...values]),
  };
  try {
    await client.query('BEGIN');
    const result = await work(queryable);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken ??= await rollBack(client, error);
    throw error;
  } finally {
    client.off('error', onError);
    // A client that timed out may still get the late reply: it is never used again.
    client.release(broken ?? false);
  }
}

/** Returns why the connection must not be used again, if so. */
async function rollBack(client: pg.PoolClient, cause: unknown): Promise<Error | undefined> {
  if (!(cause instanceof pg.DatabaseError) && isFault(cause)) return cause as Error;
  // It leads to a standby, or to a primary that became one: only a new one finds the primary.
  if (cause instanceof pg.DatabaseError && cause.code === READ_ONLY) return cause;
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const READ_ONLY = '25006';

/**
 * SQLSTATE classes that another try can mend: connection (08), a sign-in that was refused (28; its
 * token ran out), transaction rollback (40), resources (53), object in use or lock not available (55), operator intervention (57),
 * system (58), 25006: a primary that became a standby, 25P03: idle in a transaction for too long.
 */
const PASSING = /^(08|28|40|53|55|57|58|25006|25P03)/;

/** Node's codes: ECONNRESET and the like, and whatever is wrong with a certificate. */
const NETWORK_FAULT = /^(E[A-Z]+|ERR_(SSL|TLS)_\w+|\w*CERT\w*|UNABLE_TO_VERIFY_\w+)$/;

/** Errors of the driver and the network, which carry no SQLSTATE. */
function isFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // Work within a transaction may ask the gate: that it is away says nothing of the database.
  if (error instanceof GateOutcomeUnknown || error instanceof GateUnavailable) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (
    (code !== undefined && NETWORK_FAULT.test(code)) ||
    /timeout|terminated|[Cc]onnection|not queryable/.test(error.message)
  );
}

function asLedgerError(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) {
    return PASSING.test(error.code ?? '')
      ? new LedgerUnavailable(`PostgreSQL: ${error.code ?? ''}`, { cause: error })
      : error;
  }
  return isFault(error) ? new LedgerUnavailable('PostgreSQL is away', { cause: error }) : error;
}

/** PostgreSQL's SQLSTATE, also when it is the cause of a {@link LedgerUnavailable}. */
export function sqlState(error: unknown): string | undefined {
  if (error instanceof LedgerUnavailable) return sqlState(error.cause);
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** SQLSTATE classes that name a row's own fault: data (22), integrity (23). */
export function isRowsFault(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error) ?? '');
}
