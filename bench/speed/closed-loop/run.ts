import { askProcess } from '../ask-process.ts';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import type { BenchRequest, ClosedLoopJob, ClosedLoopResult } from './job.ts';

/** @throws Error that says how requests were answered unless so many got this status */
export function expectAll({ statuses }: ClosedLoopResult, count: number, status: number): void {
  if (statuses[status] !== count) {
    throw new Error(`not all of ${count} got ${status}: ${JSON.stringify(statuses)}`);
  }
}

/**
 * Sends requests as fast as they are answered, from a process of its own.
 *
 * @param folder for the requests
 */
export async function closedLoop(
  api: string,
  requests: Iterable<BenchRequest>,
  connections: number,
  folder: string,
): Promise<ClosedLoopResult> {
  const requestsFile = join(folder, 'requests');
  const lines = Array.from(requests, (request) => JSON.stringify(request));
  await writeFile(requestsFile, lines.join('\n'), { mode: 0o600 });
  const job: ClosedLoopJob = { api, requestsFile, connections };
  const process = askProcess<ClosedLoopResult>(join(import.meta.dirname, 'main.ts'), job);
  return process.answer;
}
