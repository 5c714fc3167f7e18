import { expect } from '@jest/globals';
import { lookIntoLedger, nothingQuarantined } from '../bench/look-into-ledger.ts';
import type { FaultRow, Stage } from '../bench/row.ts';
import { arm, failpointOptions, type Failpoint } from '../bench/shots.ts';
import { until } from '../../support/until.ts';

/** Four processes of a function take some 150 claims a second here, and fewer while one starts. */
const load = { perSecond: 40 };

/** All processes of a function. */
const PROCESSES = 4;
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
    load,
    answers: [KILLED],
    says: ['pending claims swept'],
    strike: (stage) => killClaims(stage, ['gate passed', 'produce unsent']),
  },
  {
    id: '20',
    title: 'Processes are killed between ack and reply',
    injection:
      'kill -9 of four processes at once, when the reply to the produce request has just come',
    options: failpointOptions,
    load,
    answers: [KILLED],
    says: ['pending claims swept'],
    strike: (stage) => killClaims(stage, ['acknowledged']),
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
    strike: (stage) => killRecording(stage, ['count unsent', 'COMMIT unsent']),
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
    strike: (stage) => killRecording(stage, ['committed']),
    after: nothingQuarantined,
  },
];

/**
 * Kills all processes that claim, at each of these points; then those whose claim died with them
 * get their issuance without asking again.
 */
async function killClaims({ bench, spike }: Stage, points: readonly Failpoint[]): Promise<number> {
  let hits = 0;
  for (const point of points) {
    const shots = await arm('issue', point, 'SIGKILL', PROCESSES);
    hits += (await shots.allFired()).length;
    await spike.succeeds(20);
  }
  spike.healed();
  const killed = spike.replies.filter(({ status }) => status === 502);
  expect(killed.length).toBeGreaterThanOrEqual(hits);
  await lookIntoLedger(bench, (ledger) =>
    until('who was told 502 has it all the same', SWEPT_MS, async () => {
      const owners = new Set((await ledger.rows(spike.couponId)).map(({ userId }) => userId));
      return killed.every(({ userId }) => owners.has(userId)) ? true : undefined;
    }),
  );
  return hits;
}

/** Kills processes that record, at each of these points; claims go on meanwhile. */
async function killRecording({ spike }: Stage, points: readonly Failpoint[]): Promise<number> {
  let hits = 0;
  for (const point of points) {
    const shots = await arm('record', point, 'SIGKILL', PROCESSES);
    hits += (await shots.allFired()).length;
    await spike.succeeds(20);
  }
  spike.healed();
  return hits;
}
