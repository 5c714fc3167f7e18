import { askProcess } from '../ask-process.ts';
import { join } from 'node:path';
import { open } from 'node:fs/promises';
import type { BenchRequest, ClosedLoopJob, ClosedLoopResult } from './job.ts';

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
  const out = await open(requestsFile, 'w', 0o600);
  try {
    for (const request of requests) await out.appendFile(`${JSON.stringify(request)}\n`);
  } finally {
    await out.close();
  }
  const job: ClosedLoopJob = { api, requestsFile, connections };
  const process = askProcess<ClosedLoopResult>(join(import.meta.dirname, 'main.ts'), job);
  return process.answer;
}
