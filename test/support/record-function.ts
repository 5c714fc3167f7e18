import type { Endpoints } from '../../local/endpoints.ts';
import { until } from './until.ts';

interface Mapping {
  readonly UUID: string;
  readonly State: string;
}

/** Stops the record function as an operator would: its event source mapping is disabled. */
export async function pauseRecording(endpoints: Pick<Endpoints, 'lambda'>): Promise<void> {
  await setEnabled(endpoints, false);
  await until('the mapping is disabled', 10_000, async () =>
    (await mapping(endpoints)).State === 'Disabled' ? true : undefined,
  );
}

export async function resumeRecording(endpoints: Pick<Endpoints, 'lambda'>): Promise<void> {
  await setEnabled(endpoints, true);
}

async function setEnabled({ lambda }: Pick<Endpoints, 'lambda'>, enabled: boolean): Promise<void> {
  const { UUID } = await mapping({ lambda });
  const response = await fetch(`${lambda}/2015-03-31/event-source-mappings/${UUID}`, {
    method: 'PUT',
    body: JSON.stringify({ Enabled: enabled }),
  });
  if (!response.ok) throw new Error(`the mapping answers ${response.status}`);
}

async function mapping({ lambda }: Pick<Endpoints, 'lambda'>): Promise<Mapping> {
  const response = await fetch(`${lambda}/2015-03-31/event-source-mappings/`);
  const { EventSourceMappings } = (await response.json()) as { EventSourceMappings: Mapping[] };
  const [only] = EventSourceMappings;
  if (only === undefined) throw new Error('there is no event source mapping');
  return only;
}
