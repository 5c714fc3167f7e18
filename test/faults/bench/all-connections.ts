import pg from 'pg';
import { sqlState } from '../../../lambdas/adapters/postgres/database.ts';
import { until } from '../../support/until.ts';

const TOO_MANY = '53300';
const APP_USER = 'coupon_app';
const PATIENCE_MS = 60_000;

/** Sessions of others that leave none for the functions. */
export class AllConnections {
  readonly #clients: pg.Client[] = [];
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
  }

  /**
   * Takes what is free, until the functions have none.
   * @param cutTheirs has them lose those that they have
   */
  static async take(adminUrl: string, cutTheirs: () => unknown): Promise<AllConnections> {
    const all = new AllConnections(adminUrl);
    await all.#takeFree();
    await until('the functions have no connection', PATIENCE_MS, async () => {
      cutTheirs();
      await all.#takeFree();
      return (await all.#theirs()) === 0 ? true : undefined;
    });
    return all;
  }

  async release(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.end()));
  }

  async #takeFree(): Promise<void> {
    for (;;) {
      const client = new pg.Client({ connectionString: this.#url });
      client.on('error', () => undefined);
      try {
        await client.connect();
      } catch (error) {
        if (sqlState(error) === TOO_MANY) return;
        throw error;
      }
      this.#clients.push(client);
    }
  }

  async #theirs(): Promise<number> {
    const [client] = this.#clients;
    const result = await client?.query<{ theirs: number }>(
      'SELECT count(*)::int AS theirs FROM pg_stat_activity WHERE usename = $1',
      [APP_USER],
    );
    return result?.rows[0]?.theirs ?? 0;
  }
}
