import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectDatabase, type Database } from '../../lambdas/adapters/postgres/database.ts';
import { postgresIssuanceLedger } from '../../lambdas/adapters/postgres/issuance-ledger.ts';
import type { IssuanceLedger } from '../../lambdas/domain/ports.ts';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import { claimOf } from '../support/samples.ts';
import { issuanceId } from '../../lambdas/domain/issuance.ts';

let rows: IssuedRows;
let ids: readonly string[];

beforeAll(async () => {
  rows = await IssuedRows.open();
  const users = Array.from({ length: 50 }, (_, i) => `user-${i}`);
  ids = await rows.issue(await rows.newCoupon(), users);
});

afterAll(() => rows.close());

/** A ledger, and how many statements it has made so far. */
function counted(database: Database): { ledger: IssuanceLedger; statements: () => number } {
  let statements = 0;
  const ledger = postgresIssuanceLedger({
    ...database,
    query: (text, values) => {
      statements += 1;
      return database.query(text, values);
    },
  });
  return { ledger, statements: () => statements };
}

describe('issuances that many ask for at once', () => {
  it('are read by one statement, and everybody gets their own', async () => {
    const { ledger, statements } = counted(rows.database);
    const asked = [...ids, ...ids];
    const found = await Promise.all(asked.map((id) => ledger.findIssuance(id)));
    expect(found.map((issuance) => issuance?.id)).toEqual(asked);
    expect(new Set(found.map((issuance) => issuance?.userId)).size).toBe(50);
    expect(statements()).toBe(1);
  });

  it('are read a hundred times a second at most, however many ask', async () => {
    const { ledger, statements } = counted(rows.database);
    const found: Promise<unknown>[] = [];
    const beganAt = performance.now();
    while (performance.now() - beganAt < 300) {
      found.push(...ids.slice(0, 3).map((id) => ledger.findIssuance(id)));
      await sleep(1);
    }
    const elapsedMs = performance.now() - beganAt;
    expect(await Promise.all(found)).not.toContain(undefined);
    expect(statements()).toBeGreaterThan(1);
    expect(statements()).toBeLessThanOrEqual(elapsedMs / 10 + 2);
  });

  it('are not there for who asks for another', async () => {
    const { ledger } = counted(rows.database);
    const [known = ''] = ids;
    const stranger = issuanceId('couponcoupon', claimOf('couponcoupon', 'nobody').digest);
    const found = await Promise.all([known, stranger, known].map((id) => ledger.findIssuance(id)));
    expect(found.map((issuance) => issuance?.id)).toEqual([known, undefined, known]);
  });

  it('are read again by each who asks later', async () => {
    const { ledger, statements } = counted(rows.database);
    const [id = ''] = ids;
    await ledger.findIssuance(id);
    await rows.owner.query("UPDATE issuances SET state = 'revoked' WHERE id = $1", [id]);
    expect((await ledger.findIssuance(id))?.state).toBe('revoked');
    expect(statements()).toBe(2);
  });

  it('are unavailable to all of them, soon, while the database does not answer', async () => {
    const timeouts = { connectTimeoutMs: 1_000, statementTimeoutMs: 300 };
    const slow = connectDatabase(
      { url: rows.appUrl, maxConnections: 2, ...timeouts },
      () => undefined,
    );
    const { ledger, statements } = counted(slow);
    await rows.owner.query('BEGIN; LOCK TABLE issuances IN ACCESS EXCLUSIVE MODE');
    const outcomes = await Promise.allSettled(ids.map((id) => ledger.findIssuance(id)));
    await rows.owner.query('ROLLBACK');
    const reasons = outcomes.map((outcome) =>
      outcome.status === 'rejected' ? (outcome.reason as unknown) : undefined,
    );
    for (const reason of reasons) expect(reason).toBeInstanceOf(LedgerUnavailable);
    expect(statements()).toBe(1);
    expect(await ledger.findIssuance(ids[0] ?? '')).toBeDefined();
    await slow.close();
  });
});
