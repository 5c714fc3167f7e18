/**
 * The load's process: gets a {@link LoadJob} as its first message, presses, and tells once a second
 * how far it is. A process of its own, so that drawing and looking take nothing from its clock.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { ApiCalls } from './api-calls.ts';
import type { LoadJob, LoadMessage } from './job.ts';
import { Load } from './load.ts';

const PROGRESS_MS = 1_000;

// As in the stack: helper threads would have to come in time on cores that others use.
setFlagsFromString('--no-parallel-scavenge');

const [job] = (await once(process, 'message')) as [LoadJob];
const tokens = (await readFile(job.tokensFile, 'utf8')).trimEnd().split('\n');
const api = new ApiCalls(job.api);
const load = new Load(job, api, tokens);
tell({ kind: 'begun', at: Date.now() });
const timer = setInterval(() => {
  tell(load.progress());
}, PROGRESS_MS);
await load.run();
clearInterval(timer);
tell(load.progress());
const lines = Readable.from(load.entries.map((entry) => `${JSON.stringify(entry)}\n`));
await pipeline(lines, createWriteStream(job.entriesFile, { mode: 0o600 }));
await api.close();
tell({ kind: 'done' });
process.disconnect();

function tell(message: LoadMessage): void {
  process.send?.(message);
}
