import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatePaths } from '../../local/state.ts';
import { ALARMS } from '../../lib/monitoring/alarms.ts';
import { observationsIn } from './recorded.ts';
import { rungAlarms, type Rung } from './rung.ts';

/** Functions write what they measure once a second; the agent takes a moment more. */
const WRITTEN_MS = 1_500;

/**
 * The alarms that would have rung on AWS, by what the local stack has measured since a moment.
 *
 * @param from milliseconds since 1970
 */
export async function rungSince(from: number, { logs }: StatePaths): Promise<Rung[]> {
  await sleep(WRITTEN_MS);
  // A line bears the time at which it was written: what the last moment measured comes after it.
  const until = Date.now();
  const file = join(logs, 'metrics.jsonl');
  // What was written before is beside it when it had grown too long.
  const texts = await Promise.all(
    [`${file}.1`, file].map((one) => readFile(one, 'utf8').catch(() => '')),
  );
  return rungAlarms(ALARMS, texts.flatMap(observationsIn), { from, until });
}
