import { setTimeout as sleep } from 'node:timers/promises';
import { gateKeys } from '../../../lambdas/adapters/valkey/gate-scripts.ts';
import type { FaultRow, Stage } from '../bench/row.ts';
import { directClient } from '../bench/spare-valkey.ts';
import { countErrors, countUnanswered, cutAcceptances } from '../bench/valkey-traffic.ts';
import { targetOf } from '../../support/tcp-proxy.ts';

/** Claims while the gate is away, then while it is built anew. */
export const GATE_IS_AWAY = ['503 gate_closed', '503 unavailable', '503 outcome_unknown'];

/** What the functions say of a gate that was lost, and is there again. */
export const REBUILT = ['gate lost', 'gate opened'];

const STALL_MS = 8_000;
/** Later than anybody may wait; 5 s by default. */
const SAYS_BUSY_AFTER_MS = 7_000;
const BUSY_SETTING = 'busy-reply-threshold';
const UNDER_WAY_MS = 200;
const FROZEN_MS = 10_000;

export const valkeyRows: readonly FaultRow[] = [
  {
    id: '1',
    title: 'Valkey is killed',
    injection: 'kill -9 under claims; an empty one is started in its place',
    inEveryRun: true,
    answers: GATE_IS_AWAY,
    mustAnswer: ['503 gate_closed'],
    says: REBUILT,
    rings: ['claims-gate-closed'],
    async strike({ bench, spike }) {
      const hits = await spike.isBusy(3);
      await bench.kill('valkey');
      spike.healed();
      return hits;
    },
  },
  {
    id: '5',
    title: 'the scripts are forgotten (SCRIPT FLUSH)',
    injection: 'SCRIPT FLUSH ten times under claims; replies NOSCRIPT are counted',
    answers: [],
    says: [],
    rings: {
      none: 'The script is sent again with the same claim: nobody waits, nothing is refused',
    },
    async strike({ bench, spike }) {
      const hits = countErrors(bench.links.valkey, 'NOSCRIPT');
      const valkey = directClient(bench, targetOf(bench.servers.endpoints.valkeyUrl));
      for (let time = 0; time < 10; time += 1) {
        await valkey.script('FLUSH');
        await spike.succeeds(10);
      }
      spike.healed();
      return hits();
    },
  },
  {
    id: '6',
    title: 'Valkey is busy with something else for 8 s',
    injection:
      'a script that runs until it is killed, BUSY after 7 s; requests without a reply are counted',
    answers: GATE_IS_AWAY,
    says: ['outcome unknown'],
    rings: ['claims-unsure'],
    async strike({ bench, spike }) {
      const valkey = directClient(bench, targetOf(bench.servers.endpoints.valkeyUrl));
      // Connected beforehand: a server that answers BUSY to everything takes no new client.
      const killer = directClient(bench, targetOf(bench.servers.endpoints.valkeyUrl));
      const [, before = ''] = await killer.config('GET', BUSY_SETTING);
      await killer.config('SET', BUSY_SETTING, SAYS_BUSY_AFTER_MS);
      await spike.isBusy(1);
      const busy = valkey.eval('while true do end', 0).catch(() => undefined);
      // What was answered before is on its way back.
      await sleep(UNDER_WAY_MS);
      const hits = countUnanswered(bench.links.valkey);
      await sleep(STALL_MS / 2);
      const unanswered = hits();
      await sleep(STALL_MS / 2);
      // Heard only now, when Valkey answers BUSY to all the rest.
      await killer.script('KILL');
      await busy;
      spike.healed();
      await killer.config('SET', BUSY_SETTING, before);
      return unanswered;
    },
  },
  {
    id: '7',
    title: 'Valkey stands still for 10 s',
    injection:
      'SIGSTOP under claims, whose users give up; requests without a reply are counted: Valkey ' +
      'runs them when it goes on',
    load: { givesUp: true },
    answers: GATE_IS_AWAY,
    says: ['outcome unknown'],
    rings: ['claims-unsure'],
    async strike({ bench, spike }) {
      await spike.isBusy(1);
      const hits = await bench.whileFrozen('valkey', async () => {
        const unanswered = countUnanswered(bench.links.valkey);
        await sleep(FROZEN_MS);
        return unanswered();
      });
      spike.healed();
      return hits;
    },
  },
  {
    id: '8',
    title: "the gate's replies are lost after it decided",
    injection:
      'connections cut instead of 20 replies that let claims in; the users ask again at once',
    inEveryRun: true,
    answers: ['503 outcome_unknown', '503 unavailable'],
    says: ['outcome unknown'],
    rings: ['claims-unsure'],
    async strike(stage) {
      const { bench, spike } = stage;
      const { valkey } = bench.links;
      const before = valkey.hits;
      for (let time = 0; time < 20; time += 1) {
        const cuts = valkey.hits;
        valkey.spoil(cutAcceptances(() => valkey.hits === cuts));
        await spike.succeeds(10);
        await askAgain(stage);
      }
      valkey.mend();
      spike.healed();
      return valkey.hits - before;
    },
  },
  {
    id: '11',
    title: 'duplicate keys are gone early',
    injection: 'fifty claims deleted from the gate under claims; their users claim again',
    answers: GATE_IS_AWAY,
    says: REBUILT,
    rings: ['claims-gate-closed'],
    async strike({ bench, spike }) {
      await spike.succeeds(100);
      const valkey = directClient(bench, targetOf(bench.servers.endpoints.valkeyUrl));
      const [, claims] = gateKeys(spike.couponId);
      const digests = (await valkey.hkeys(claims)).slice(0, 50);
      const lost = new Set(digests.map((digest) => `${spike.couponId}_${digest}`));
      const hits = await valkey.hdel(claims, ...digests);
      const users = spike.replies.flatMap(({ issuance, userId }) =>
        issuance !== undefined && lost.has(issuance.id) ? [userId] : [],
      );
      await Promise.all(users.map((user) => bench.flow.shoppers.claim(spike.couponId, user)));
      spike.healed();
      return hits;
    },
  },
];

/** Whoever was told that nobody knows presses the button again. */
async function askAgain({ bench, spike }: Stage): Promise<void> {
  const unsettled = spike.replies.filter(({ status }) => status === 503).slice(-10);
  const claims = unsettled.map(({ userId }) => bench.flow.shoppers.claim(spike.couponId, userId));
  await Promise.all(claims);
}
