import { setTimeout as sleep } from 'node:timers/promises';
import { TokenMint } from '../../support/tokens.ts';
import { until } from '../../support/until.ts';
import type { FaultBench } from '../bench/fault-bench.ts';
import type { FaultRow } from '../bench/row.ts';

/** A process keeps the keys that it has: only new ones, of their own, need any. */
const options = { environments: 4, breaksIssuer: true };
const PATIENCE_MS = 30_000;
/** Longer than a process waits before it asks again for a key that it does not know. */
const COOLED_DOWN_MS = 31_000;
const HANGS_MS = 5_000;

/** The balancer's, for claims whose process was killed. */
const KILLED = '502';

export const aroundKeysRows: readonly FaultRow[] = [
  {
    id: '33',
    title: 'the keys of tokens are not to be had',
    injection: 'the issuer closes connections, while all processes that take claims are new',
    options,
    load: { perSecond: 10 },
    answers: ['503 unavailable', KILLED],
    says: ['server away'],
    rings: { none: 'A few claims of new processes, and fewer than a minute of an event has' },
    async strike({ bench, spike }) {
      const { issuer } = bench;
      const before = issuer.hits;
      issuer.refuse();
      await killIssueProcesses(bench);
      await until('keys are refused', PATIENCE_MS, () => issuer.hits > before + 10 || undefined);
      issuer.answer();
      spike.healed();
      return issuer.hits - before;
    },
  },
  {
    id: '33b',
    title: 'the keys of tokens are waited for in vain',
    injection: 'the issuer answers nothing, while all processes that take claims are new',
    options,
    // Each claim keeps its process for 2 s: more would wait in line for the four.
    load: { perSecond: 1 },
    answers: ['503 unavailable', KILLED],
    says: ['server away'],
    rings: { none: 'A few claims of new processes, and fewer than a minute of an event has' },
    async strike({ bench, spike }) {
      const { issuer } = bench;
      const before = issuer.hits;
      issuer.hang();
      await killIssueProcesses(bench);
      await until('keys are waited for', PATIENCE_MS, () => issuer.hits > before || undefined);
      await sleep(HANGS_MS);
      issuer.answer();
      spike.healed();
      return issuer.hits - before;
    },
  },
  {
    id: '33c',
    title: 'the issuer signs with a new key',
    injection: 'another key is published and used at once; what the old one signed stays good',
    options,
    load: { perSecond: 10 },
    // Nobody is turned away: whoever meets the new key asks for it.
    answers: [],
    says: [],
    rings: { none: 'The new key is fetched at once: nobody is refused' },
    async strike({ bench, spike }) {
      const { issuer, flow } = bench;
      await until('no process has just asked', COOLED_DOWN_MS + PATIENCE_MS, () =>
        Date.now() > issuer.servedAt + COOLED_DOWN_MS ? true : undefined,
      );
      const before = issuer.served;
      await issuer.rotate();
      flow.shoppers.logInAnew(await TokenMint.of(issuer.key, flow.stack.endpoints));
      spike.healed();
      await spike.succeeds(50);
      return issuer.served - before;
    },
  },
];

async function killIssueProcesses({ flow }: FaultBench): Promise<void> {
  for (const [name, pid] of await flow.stack.pids()) {
    if (name.startsWith('environment-issue-')) process.kill(pid, 'SIGKILL');
  }
}
