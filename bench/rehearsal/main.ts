/** `npm run rehearse`: see {@link USAGE}. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage } from '../../local/error-code.ts';
import { chosenStateDir, statePaths } from '../../local/state.ts';
import { readOptions, USAGE, UsageError, type RehearsalOptions } from './options.ts';
import { rehearse } from './rehearse.ts';
import { summaryOf } from './report/summary.ts';
import { writeReport } from './report/write-report.ts';
import { localStack } from './venue/local-stack.ts';
import { remoteEnvironment } from './venue/remote.ts';
import type { Venue } from './venue/venue.ts';

const args = process.argv.slice(2);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stopping.abort(new Error('stopped; nothing was judged'));
  });
}

async function main(): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  const options = readOptions(args);
  const folder = await mkdtemp(join(tmpdir(), 'coupon-rehearsal-'));
  try {
    const report = await rehearse(await venueOf(options), options, folder, stopping.signal);
    for (const line of summaryOf(report)) console.log(line);
    for (const file of await writeReport(report, options.out)) console.log(file);
    const isTooLoud = options.isQuiet && (report.rung ?? []).length > 0;
    if (isTooLoud) console.error('An alarm would have rung, and nothing had been broken.');
    return report.held && !isTooLoud ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function venueOf({ remote }: RehearsalOptions): Promise<Venue> {
  if (remote === undefined) return localStack(statePaths(chosenStateDir()));
  const variable = (name: string): string => {
    const value = process.env[name];
    if (value === undefined || value === '') throw new UsageError(`${name} is not set`);
    return value;
  };
  return remoteEnvironment(remote.api, remote.issuer, {
    clientId: variable('REHEARSAL_CLIENT_ID'),
    clientSecret: variable('REHEARSAL_CLIENT_SECRET'),
    password: variable('REHEARSAL_PASSWORD'),
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(errorMessage(error));
  if (error instanceof UsageError) console.error(USAGE);
  process.exitCode = error instanceof UsageError ? 2 : 3;
}
