/**
 * The closed loop's process: gets a {@link ClosedLoopJob} as its first message, and answers with a
 * {@link ClosedLoopResult}. As lean as undici allows: what it needs it takes from who is measured.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Client, type Dispatcher } from 'undici';
import { percentile } from '../../numbers.ts';
import type { BenchRequest, ClosedLoopJob, ClosedLoopResult } from './job.ts';

const NO_REPLY = 0;

const [job] = (await once(process, 'message')) as [ClosedLoopJob];
const lines = (await readFile(job.requestsFile, 'utf8')).trimEnd().split('\n');
const requests = lines.map((line) => optionsOf(JSON.parse(line) as BenchRequest));
const latencies = new Float64Array(requests.length);
const statuses = new Map<number, number>();
const { origin } = new URL(job.api);
const clients = Array.from({ length: job.connections }, () => new Client(origin));
let next = 0;

const begun = performance.now();
await Promise.all(clients.map((client) => sendAll(client)));
const seconds = (performance.now() - begun) / 1000;
await Promise.all(clients.map((client) => client.destroy()));

latencies.sort();
const result: ClosedLoopResult = {
  seconds,
  requests: requests.length,
  statuses: Object.fromEntries(statuses),
  p50: percentile(latencies, 0.5),
  p99: percentile(latencies, 0.99),
};
process.send?.(result);
process.disconnect();

function optionsOf({ path, token, body }: BenchRequest): Dispatcher.DispatchOptions {
  const authorization = `Bearer ${token}`;
  if (body === undefined) return { path, method: 'POST', headers: { authorization } };
  return {
    path,
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body,
  };
}

async function sendAll(client: Client): Promise<void> {
  for (let i = next++; i < requests.length; i = next++) {
    const options = requests[i];
    if (options === undefined) return;
    const sentAt = performance.now();
    const status = await statusOf(client, options);
    latencies[i] = performance.now() - sentAt;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
}

function statusOf(client: Client, options: Dispatcher.DispatchOptions): Promise<number> {
  return new Promise((resolve) => {
    let status = NO_REPLY;
    client.dispatch(options, {
      onRequestStart: nothing,
      onResponseData: nothing,
      onResponseStart: (_controller, statusCode) => {
        status = statusCode;
      },
      onResponseEnd: () => {
        resolve(status);
      },
      onResponseError: () => {
        resolve(NO_REPLY);
      },
    });
  });
}

function nothing(): void {
  // The body is not looked at: the status says it.
}
