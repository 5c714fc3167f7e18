import { expect } from 'expect';
import { rungSince } from '../../../bench/monitoring/rung-since.ts';
import { statePaths } from '../../../local/state.ts';
import { broken } from '../../support/flow.ts';
import type { FaultBench } from './fault-bench.ts';
import { logFromNow, type LogEntry } from './functions-log.ts';
import type { FaultRow, RowReport } from './row.ts';
import { Spike } from './spike.ts';
import { unitsGiven } from './units-given.ts';

/** No request waits longer, whatever is broken. */
const LONGEST_MS = 5_000;
/** From the heal until claims are answered definitely again. */
const RECOVERY_MS = 30_000;

/**
 * Breaks what the row breaks while users claim, and holds the outcome to the promises.
 * @throws jest's error of the first that is broken
 */
export async function runRow(row: FaultRow, bench: FaultBench): Promise<RowReport> {
  const logged = await logFromNow(bench);
  const begunAt = Date.now();
  const spike = await Spike.begin(bench.flow, row.load);
  const stage = { bench, spike };
  let hits: number;
  let recoveryMs: number;
  try {
    hits = await row.strike(stage);
    recoveryMs = await spike.recovers();
  } finally {
    await spike.stop();
    await bench.mend();
  }
  await spike.settle(() => unitsGiven(bench, spike.couponId));
  const invariants = await bench.flow.invariants(spike.couponId);
  await row.after?.(stage);

  const answers = spike.byAnswer();
  expect(broken(invariants)).toEqual([]);
  expect(hits).toBeGreaterThan(0);
  expect(unexpected(answers, row)).toEqual({});
  expect(Object.keys(answers)).toEqual(expect.arrayContaining([...(row.mustAnswer ?? [])]));
  expect(spike.longestMs()).toBeLessThanOrEqual(LONGEST_MS);
  expect(recoveryMs).toBeLessThanOrEqual(RECOVERY_MS);
  const said = new Set((await logged()).map(saying));
  expect(row.says.filter((message) => !said.has(message))).toEqual([]);
  const rang = await rungSince(begunAt, statePaths(bench.flow.stack.stateDir));
  const rung = rang.map(({ id }) => id);
  if (Array.isArray(row.rings)) expect(rung).toEqual(expect.arrayContaining([...row.rings]));
  if ('none' in row.rings) expect(rung).toEqual([]);
  return {
    id: row.id,
    title: row.title,
    injection: row.injection,
    date: new Date().toISOString(),
    hits,
    answers,
    longestMs: spike.longestMs(),
    recoveryMs,
    rung,
    invariants: Object.fromEntries(invariants.map(({ name, checked }) => [name, checked])),
  };
}

function unexpected(answers: Record<string, number>, row: FaultRow): Record<string, number> {
  const allowed = ['200', '202', ...row.answers];
  return Object.fromEntries(
    Object.entries(answers).filter(([answer]) => !allowed.includes(answer)),
  );
}

/** By its message; `fault` alone says little, `fault: kafka` names the server that it came from. */
function saying({ message, what }: LogEntry): string {
  return typeof what === 'string' ? `${String(message)}: ${what}` : String(message);
}
