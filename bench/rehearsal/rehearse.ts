import { join } from 'node:path';
import { runLoad, type LoadEntries } from './load/run-load.ts';
import { Operator } from '../operator.ts';
import type { RehearsalOptions } from './options.ts';
import { figure, progressOn } from './progress.ts';
import { outcomesOf } from './report/recovery.ts';
import { reportOf, type RehearsalReport } from './report/report.ts';
import { Striking } from './striking.ts';
import type { Venue } from './venue/venue.ts';
import { Watch } from './watch.ts';

/** Rebuilding a gate takes 4 to 8 s; after that everybody who was told to come back has. */
const PATIENCE_MS = 30_000;
/** One in so many who get one buy something at once. */
const REDEEMS_ONE_IN = 20;
/** Few enough to cost the API nothing: each of them asks some ten times. */
const LOOKS_ONE_IN = 100;

/**
 * Rehearses an event: users, faults, and the count of what became of the promises.
 *
 * @param folder for tokens and answers
 * @throws Error when it can't be done or judged
 */
export async function rehearse(
  venue: Venue,
  options: RehearsalOptions,
  folder: string,
  signal: AbortSignal,
): Promise<RehearsalReport> {
  const { crowd, quantity, faults, tellsPeople } = options;
  const userPrefix = `rehearsal-${Date.now().toString(36)}-`;
  const tokensFile = join(folder, 'tokens');
  const progress = progressOn(process.stdout, crowd.seconds);
  progress.say(`Minting ${figure(crowd.users)} tokens`);
  const { operator: token, checkout } = await venue.mint(userPrefix, crowd.users, tokensFile);
  const operator = new Operator(venue.api, token);
  const couponId = await operator.createCoupon(quantity, tellsPeople);
  progress.say(`Coupon ${couponId}: ${figure(quantity)} units at ${venue.api}`);

  const watch = new Watch(operator, couponId);
  const striking = new Striking(venue, faults, progress);
  let begunAt = Date.now();
  let entries: LoadEntries;
  try {
    entries = await runLoad(
      {
        api: venue.api,
        couponId,
        crowd,
        tokensFile,
        userPrefix,
        checkoutToken: checkout,
        redeemsOneIn: REDEEMS_ONE_IN,
        looksOneIn: LOOKS_ONE_IN,
        patienceMs: PATIENCE_MS,
        entriesFile: join(folder, 'entries'),
      },
      {
        begun(at) {
          begunAt = at;
          watch.begin(at);
          striking.begin();
        },
        progress(load) {
          progress.show(load, watch.latest);
        },
      },
      signal,
    );
    await striking.end();
  } finally {
    watch.end();
    progress.close();
  }
  progress.say('Counting');
  const invariants = await venue.judge(couponId, entries);
  const rung = await venue.rungSince(begunAt);
  await operator.close(couponId);
  return reportOf({
    begunAt,
    options,
    couponId,
    ...entries,
    sights: watch.sights,
    faults: outcomesOf(striking.struck, entries.claims, begunAt),
    invariants,
    rung,
  });
}
