import { until } from '../../support/until.ts';
import { whileKilled } from '../bench/postgres-processes.ts';
import { PostgresTraffic } from '../bench/postgres-traffic.ts';
import { redeeming } from '../bench/redeeming-row.ts';
import type { FaultRow } from '../bench/row.ts';
import { Standby } from '../bench/standby.ts';

const PATIENCE_MS = 30_000;
const READ_ONLY = '25006';

export const postgresStandbyRows: readonly FaultRow[] = [
  redeeming({
    id: '27',
    title: "PostgreSQL's standby is promoted",
    injection:
      'kill -9 of the primary; its name leads to a reader for a while, then to the synchronous standby, which is promoted; who is connected to the reader stays so',
    // A bench of its own: afterwards its servers have changed places.
    options: { variables: { COUPON_FAULT_ROW: '27' } },
    answers: [],
    redeemAnswers: ['503 unavailable'],
    says: ['batch not stored', 'server away'],
    rings: ['redemptions-unavailable'],
    async strike({ bench, spike, redeemers }) {
      const reader = await Standby.of(bench, 'reader');
      const standby = await Standby.of(bench, 'standby');
      await redeemers.succeeds(10);
      const traffic = new PostgresTraffic();
      const { postgres } = bench.links;
      postgres.spoil(traffic.spoiler);
      await whileKilled(bench.servers, async () => {
        postgres.retarget(reader.address);
        await until('the reader refuses writes', PATIENCE_MS, () =>
          (traffic.errors.get(READ_ONLY) ?? 0) > 5 ? true : undefined,
        );
        await standby.promote();
        postgres.retarget(standby.address);
        spike.healed();
        redeemers.healed();
      });
      return traffic.errors.get(READ_ONLY) ?? 0;
    },
  }),
];
