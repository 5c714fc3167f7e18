import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import { RedeemBench, wordOf } from '../support/redeem-bench.ts';
import { targetOf, tcpProxy, urlThrough, type TcpProxy } from '../support/tcp-proxy.ts';

let rows: IssuedRows;
let bench: RedeemBench;
let proxy: TcpProxy;
let database: Database;
/** The same, but over connections that can be cut. */
let unlucky: RedeemBench;
let id: string;

/** What is cut: the request whose bytes have `text` in them, or the reply to it; once. */
let cut: { readonly text: string; readonly what: 'request' | 'reply' } | undefined;

beforeAll(async () => {
  rows = await IssuedRows.open();
  bench = new RedeemBench(rows.database);
  const doomed = new Set<unknown>();
  proxy = await tcpProxy(targetOf(rows.appUrl), {
    toServer: (bytes, connection) => {
      if (cut === undefined || !bytes.includes(cut.text)) return true;
      const { what } = cut;
      cut = undefined;
      if (what === 'request') connection.client.destroy();
      else doomed.add(connection);
      return what === 'reply';
    },
    toClient: (_bytes, connection) => {
      if (!doomed.has(connection)) return true;
      connection.client.destroy();
      return false;
    },
  });
  const patience = { connectTimeoutMs: 2_000, statementTimeoutMs: 500 };
  const url = urlThrough(proxy, rows.appUrl);
  database = connectDatabase({ url, maxConnections: 4, ...patience }, () => undefined);
  unlucky = new RedeemBench(database);
});

afterAll(async () => {
  await database.close();
  await proxy.close();
  await rows.close();
});

beforeEach(async () => {
  id = await rows.issueOne();
});

afterEach(() => {
  // Otherwise nothing was cut, and nothing shown.
  expect(cut).toBeUndefined();
});

describe('a redemption', () => {
  it('whose reply is lost has happened: its order is told of it, and no other redeems', async () => {
    cut = { text: 'INSERT INTO redemptions', what: 'reply' };
    await expect(unlucky.redeem(id, 'order-1')).rejects.toBeInstanceOf(LedgerUnavailable);
    expect(wordOf(await unlucky.redeem(id, 'order-2'))).toBe('already_redeemed');
    expect(wordOf(await unlucky.redeem(id, 'order-1'))).toBe('replayed');
  });

  it('that never came to the database has not happened: its order may ask again, or another', async () => {
    cut = { text: 'INSERT INTO redemptions', what: 'request' };
    await expect(unlucky.redeem(id, 'order-1')).rejects.toBeInstanceOf(LedgerUnavailable);
    expect(wordOf(await unlucky.redeem(id, 'order-1'))).toBe('redeemed');
  });

  it('that could not even be decided has not happened', async () => {
    cut = { text: 'LEFT JOIN redemption_rollbacks', what: 'reply' };
    await expect(unlucky.redeem(id, 'order-1')).rejects.toBeInstanceOf(LedgerUnavailable);
    expect(wordOf(await unlucky.redeem(id, 'order-2'))).toBe('redeemed');
  });
});

it('a hold whose reply is lost is taken: its order renews and redeems', async () => {
  cut = { text: `SET state = 'held'`, what: 'reply' };
  await expect(unlucky.hold(id, 'order-1')).rejects.toBeInstanceOf(LedgerUnavailable);
  expect(wordOf(await unlucky.hold(id, 'order-2'))).toBe('issuance_held');
  expect(wordOf(await unlucky.hold(id, 'order-1'))).toBe('held');
  expect(wordOf(await unlucky.redeem(id, 'order-1'))).toBe('redeemed');
});

it('a release whose reply is lost is made, and once more there is no hold', async () => {
  await bench.hold(id, 'order-1');
  cut = { text: 'held_until > clock_timestamp()', what: 'reply' };
  await expect(unlucky.release(id, 'order-1')).rejects.toBeInstanceOf(LedgerUnavailable);
  expect(wordOf(await unlucky.release(id, 'order-1'))).toBe('hold_not_found');
  expect(wordOf(await unlucky.hold(id, 'order-2'))).toBe('held');
});

it.each(['request', 'reply'] as const)(
  'a rollback whose COMMIT loses its %s can be asked for again: it is one, with one audit entry',
  async (what) => {
    const outcome = await bench.redeem(id, 'order-1');
    if (outcome.kind !== 'redeemed') throw new Error(outcome.kind);
    const redemptionId = outcome.redemption.id;
    cut = { text: 'COMMIT', what };
    await expect(unlucky.rollBack(redemptionId)).rejects.toBeInstanceOf(LedgerUnavailable);
    const undone = await unlucky.rollBack(redemptionId);
    expect(await bench.rollBack(redemptionId)).toEqual(undone);
    await expectOneEntry(redemptionId);
    expect(wordOf(await bench.redeem(id, 'order-2'))).toBe('redeemed');
  },
);

it.each(['request', 'reply'] as const)(
  'a revocation whose COMMIT loses its %s can be asked for again: it is one, with one audit entry',
  async (what) => {
    cut = { text: 'COMMIT', what };
    await expect(unlucky.revoke(id)).rejects.toBeInstanceOf(LedgerUnavailable);
    expect(wordOf(await unlucky.revoke(id))).toBe('revoked');
    await expectOneEntry(id);
  },
);

it('a statement that waits too long for a row changes nothing, and is not waited for', async () => {
  const other = new pg.Client({ connectionString: rows.appUrl });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query('SELECT FROM issuances WHERE id = $1 FOR UPDATE', [id]);
    const begun = performance.now();
    const attempts = [
      unlucky.redeem(id, 'order-1'),
      unlucky.hold(id, 'order-2'),
      unlucky.revoke(id),
    ];
    for (const attempt of attempts) {
      await expect(attempt).rejects.toBeInstanceOf(LedgerUnavailable);
    }
    expect(performance.now() - begun).toBeLessThan(3_000);
    await other.query('ROLLBACK');
  } finally {
    await other.end();
  }
  expect(wordOf(await unlucky.redeem(id, 'order-3'))).toBe('redeemed');
});

async function expectOneEntry(subject: string): Promise<void> {
  const { rowCount } = await rows.owner.query('SELECT FROM audit WHERE subject = $1', [subject]);
  expect(rowCount).toBe(1);
}
