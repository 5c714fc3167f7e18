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
      'kill -9 of the primary; its name leads to the synchronous standby, which only reads for a while and is then promoted',
    // A bench of its own: afterwards its servers have changed places.
    options: { variables: { COUPON_FAULT_ROW: '27' } },
    answers: [],
    redeemAnswers: ['503 unavailable'],
    says: ['batch not stored', 'server away'],
    async strike({ bench, spike, redeemers }) {
      const standby = await Standby.of(bench);
      await redeemers.succeeds(10);
      const traffic = new PostgresTraffic();
      const { postgres } = bench.links;
      postgres.spoil(traffic.spoiler);
      await whileKilled(bench.servers, async () => {
        postgres.retarget(standby.address);
        await until('the standby refuses writes', PATIENCE_MS, () =>
          (traffic.errors.get(READ_ONLY) ?? 0) > 5 ? true : undefined,
        );
        await standby.promote();
        spike.healed();
        redeemers.healed();
      });
      return traffic.errors.get(READ_ONLY) ?? 0;
    },
  }),
];
