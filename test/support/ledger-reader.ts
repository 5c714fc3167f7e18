import { Pool } from 'pg';
import { insertIssuanceRows, type IssuanceRows } from './issuance-rows.ts';

/** Looks into the ledger behind the API's back. */
export class LedgerReader {
  readonly #pool: Pool;

  constructor(databaseUrl: string) {
    this.#pool = new Pool({ connectionString: databaseUrl, max: 2 });
    // Servers are stopped under it.
    this.#pool.on('error', () => undefined);
  }

  async rows(couponId: string): Promise<{ id: string; userId: string }[]> {
    const { rows } = await this.#pool.query<{ id: string; userId: string }>(
      'SELECT id, user_id AS "userId" FROM issuances WHERE coupon_id = $1',
      [couponId],
    );
    return rows;
  }

  /** How much there is of everything that a request could store. */
  async counts(): Promise<Record<string, number>> {
    const { rows } = await this.#pool.query<Record<string, number>>(
      `SELECT (SELECT count(*)::int FROM coupons) AS coupons,
         (SELECT count(*)::int FROM issuances) AS issuances,
         (SELECT count(*)::int FROM notifications) AS notifications,
         (SELECT count(*)::int FROM quarantine) AS quarantine,
         (SELECT count(*)::int FROM redemptions) AS redemptions`,
    );
    return rows[0] ?? {};
  }

  async select<Row extends object>(
    statement: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const { rows } = await this.#pool.query<Row>(statement, [...values]);
    return rows;
  }

  /** As its user is allowed to. */
  async run(statement: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.#pool.query(statement, [...values])).rowCount ?? 0;
  }

  /** Only a user who may write issuances can. */
  insert(couponId: string, rows: IssuanceRows): Promise<void> {
    return insertIssuanceRows(this.#pool, couponId, rows);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
