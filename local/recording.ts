import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoints } from './endpoints.ts';

interface Mapping {
  readonly UUID: string;
  readonly State: string;
}

const MAPPINGS = '/2015-03-31/event-source-mappings/';
/** The invocations in flight have ended by then. */
const PATIENCE_MS = 10_000;
const POLL_MS = 50;

/**
 * Stops the record function as an operator would: its event source mapping is disabled.
 *
 * @throws Error when it is not within ten seconds
 */
export async function pauseRecording(endpoints: Pick<Endpoints, 'lambda'>): Promise<void> {
  await setEnabled(endpoints, false);
  const end = performance.now() + PATIENCE_MS;
  while ((await mapping(endpoints)).State !== 'Disabled') {
    if (performance.now() > end) throw new Error('the mapping is not disabled');
    await sleep(POLL_MS);
  }
}

export async function resumeRecording(endpoints: Pick<Endpoints, 'lambda'>): Promise<void> {
  await setEnabled(endpoints, true);
}

async function setEnabled({ lambda }: Pick<Endpoints, 'lambda'>, enabled: boolean): Promise<void> {
  const { UUID } = await mapping({ lambda });
  const response = await fetch(`${lambda}${MAPPINGS}${UUID}`, {
    method: 'PUT',
    body: JSON.stringify({ Enabled: enabled }),
  });
  if (!response.ok) throw new Error(`the mapping answers ${response.status}`);
}

async function mapping({ lambda }: Pick<Endpoints, 'lambda'>): Promise<Mapping> {
  const response = await fetch(`${lambda}${MAPPINGS}`);
  const { EventSourceMappings } = (await response.json()) as { EventSourceMappings: Mapping[] };
  const [only] = EventSourceMappings;
  if (only === undefined) throw new Error('there is no event source mapping');
  return only;
}
