import { expect } from 'expect';
import { readGates } from '../../../local/invariants/read-gates.ts';
import { lookIntoLedger, nothingQuarantined } from '../bench/look-into-ledger.ts';
import { allServe } from '../bench/all-serve.ts';
import type { FaultRow, Stage } from '../bench/row.ts';
import { arm, failpointOptions, type Failpoint } from '../bench/shots.ts';
import { until } from '../../support/until.ts';

/**
 * Four processes of a function take some 150 claims a second here; half of them less than half as
 * many, for two others start meanwhile, and take the processor for it.
 */
const claimsWhileKilled = { perSecond: 20 };
/** Beside processes that record. */
const load = { perSecond: 40 };

/** Half of a function's processes at once, twice: the others serve until new ones have started. */
const AT_ONCE = 2;
const TIMES = 2;
/** A sweep each 5 s finds what is older than 4 s. */
const SWEPT_MS = 20_000;

/** What the balancer says for a function that died over its request. */
const KILLED = '502';

export const functionsKilledRows: readonly FaultRow[] = [
  {
    id: '19',
    title: 'Processes are killed between gate and publish',
    injection:
      'kill -9 of eight processes: of four when the gate has just let the claim in, of four right before the first byte of the produce request',
    inEveryRun: true,
    options: failpointOptions,
    load: claimsWhileKilled,
    answers: [KILLED],
    says: ['pending claims swept'],
    rings: ['function-errors-issue'],
    strike: (stage) => killClaims(stage, ['gate passed', 'produce unsent']),
    after: nothingQuarantined,
  },
  {
    id: '20',
    title: 'Processes are killed between ack and reply',
    injection:
      'kill -9 of four processes, two at once, when the reply to the produce request has just come',
    options: failpointOptions,
    load: claimsWhileKilled,
    answers: [KILLED],
    says: ['pending claims swept'],
    rings: ['function-errors-issue'],
    strike: (stage) => killClaims(stage, ['acknowledged']),
    after: nothingQuarantined,
  },
  {
    id: '23a',
    title: 'The recording process is killed before COMMIT',
    injection:
      'kill -9 of eight processes with a transaction open: of four before the last statement, of four before the COMMIT',
    inEveryRun: true,
    options: failpointOptions,
    load,
    answers: [],
    says: [],
    rings: ['function-errors-record'],
    strike: (stage) => kill(stage, 'record', ['count unsent', 'COMMIT unsent']),
    after: nothingQuarantined,
  },
  {
    id: '23b',
    title: 'The recording process is killed after COMMIT',
    injection:
      'kill -9 of four processes when PostgreSQL has just said that it has committed: the batch comes again',
    options: failpointOptions,
    load,
    answers: [],
    says: [],
    rings: ['function-errors-record'],
    strike: (stage) => kill(stage, 'record', ['committed']),
    after: nothingQuarantined,
  },
];

/**
 * Kills processes that claim, at each of these points; then those whose claim died with them get
 * their issuance without asking again.
 */
async function killClaims(stage: Stage, points: readonly Failpoint[]): Promise<number> {
  const { bench, spike } = stage;
  await allServe(stage);
  const hits = await kill(stage, 'issue', points, () => allServe(stage));
  const killed = spike.replies.filter(({ status }) => status === 502);
  expect(killed.length).toBeGreaterThanOrEqual(hits);
  await lookIntoLedger(bench, (ledger) =>
    until('who was told 502 has it, and the gate knows', SWEPT_MS, async () => {
      const pending = await pendingAt(stage);
      const recorded = (await ledger.rows(spike.couponId)).filter(({ id }) => !pending.has(id));
      const owners = new Set(recorded.map(({ userId }) => userId));
      return killed.every(({ userId }) => owners.has(userId)) ? true : undefined;
    }),
  );
  return hits;
}

/** Kills processes of a function at each of these points; claims go on meanwhile. */
async function kill(
  { spike }: Stage,
  functionName: string,
  points: readonly Failpoint[],
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  let hits = 0;
  for (const point of points.flatMap((each) => Array.from({ length: TIMES }, () => each))) {
    const shots = await arm(functionName, point, 'SIGKILL', AT_ONCE);
    hits += (await shots.allFired()).length;
    await spike.succeeds(20);
    await between();
  }
  spike.healed();
  return hits;
}

async function pendingAt({ bench, spike }: Stage): Promise<ReadonlySet<string>> {
  const gates = await readGates(bench.flow.stack.endpoints.valkey, [spike.couponId]);
  const gate = gates.get(spike.couponId);
  if (gate?.kind !== 'open') throw new Error('the gate is closed');
  return gate.pending;
}
