import type { LogEntry, PlannedInsert } from '../../../lambdas/domain/record-plan.ts';
import { pauseRecording, resumeRecording } from '../../../local/recording.ts';
import { lookIntoLedger, nothingQuarantined } from '../bench/look-into-ledger.ts';
import { deliver, readClaimsTopic } from '../bench/redelivery.ts';
import type { FaultRow, Stage } from '../bench/row.ts';
import { failpointOptions } from '../bench/shots.ts';

const load = { perSecond: 40 };
const ROUNDS = 3;
/** Claims that are accepted and not yet recorded when a round begins. */
const WAITING = 80;
/** A batch of the event source mapping has at most this many. */
const MOST_RECORDS = 500;

export const functionsBatchesRows: readonly FaultRow[] = [
  {
    id: '21',
    title: 'The same batch is delivered twice at once',
    injection:
      'three times: a batch of the topic is handed to three record processes at the same time, and the event source mapping delivers the same records beside them',
    options: failpointOptions,
    load,
    answers: [],
    says: [],
    rings: { none: 'Repeated records change nothing, and take no longer than others' },
    strike: (stage) => redeliver(stage, ({ unrecorded }) => [unrecorded, unrecorded, unrecorded]),
    after: nothingQuarantined,
  },
  {
    id: '22',
    title: 'Batches are reordered and overlap',
    injection:
      'three times: new and old records of the topic are shuffled over all partitions, cut into windows that overlap by half, and handed to the record function last first, beside the event source mapping',
    options: failpointOptions,
    load,
    answers: [],
    says: [],
    rings: { none: 'Repeated records change nothing, and take no longer than others' },
    strike: (stage) =>
      redeliver(stage, ({ all, unrecorded }, round) =>
        overlapping(shuffled([...unrecorded, ...all.slice(0, WAITING)], round)).reverse(),
      ),
    after: nothingQuarantined,
  },
];

/**
 * Lets claims wait in Kafka, then delivers the batches that `toBatches` makes of them, all at the
 * same time and together with the event source mapping.
 * @returns how many records were delivered that no row was there for
 */
async function redeliver(
  { bench, spike }: Stage,
  toBatches: (topic: Topic, round: number) => readonly LogEntry[][],
): Promise<number> {
  const { endpoints } = bench.flow.stack;
  let hits = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    await pauseRecording(endpoints);
    await spike.succeeds(WAITING);
    const { all, unrecorded } = await readClaimsTopic(endpoints);
    const waiting = unrecorded.slice(0, MOST_RECORDS);
    const batches = toBatches({ all: all.map(entryOf), unrecorded: waiting.map(entryOf) }, round);
    const rows = await lookIntoLedger(bench, (ledger) => ledger.rows(spike.couponId));
    const there = new Set(rows.map(({ id }) => id));
    hits += waiting.filter(({ record }) => !there.has(record.id)).length;
    await Promise.all([
      ...batches.map((batch) => deliver(endpoints, batch)),
      resumeRecording(endpoints),
    ]);
  }
  spike.healed();
  return hits;
}

interface Topic {
  readonly all: readonly LogEntry[];
  readonly unrecorded: LogEntry[];
}

function entryOf({ entry }: PlannedInsert): LogEntry {
  return entry;
}

/** Six windows, each beginning where the one before has its middle. */
function overlapping(entries: readonly LogEntry[]): LogEntry[][] {
  const step = Math.ceil(entries.length / 7);
  return Array.from({ length: 6 }, (_, i) => entries.slice(i * step, (i + 2) * step));
}

/** The same order each time. */
function shuffled(entries: readonly LogEntry[], seed: number): LogEntry[] {
  const weighed = entries.map((entry, i) => ({
    entry,
    weight: (i * 7_919 + seed * 104_729) % 997,
  }));
  return weighed.toSorted((a, b) => a.weight - b.weight).map(({ entry }) => entry);
}
