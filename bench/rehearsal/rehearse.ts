import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEndpoints, type Endpoints } from '../../local/endpoints.ts';
import { untilAtRest } from '../../local/invariants/at-rest.ts';
import { checkInvariants } from '../../local/invariants/check-invariants.ts';
import type { InvariantReport } from '../../local/invariants/report.ts';
import { chosenStateDir, statePaths, type StatePaths } from '../../local/state.ts';
import { strike, type Struck } from './faults/strike.ts';
import type { LoadProgress } from './load/job.ts';
import { runLoad, type LoadEntries } from './load/run-load.ts';
import { Operator, type Sight } from './operator.ts';
import type { RehearsalOptions } from './options.ts';
import { progressOn, type Progress } from './progress.ts';
import { outcomesOf } from './report/recovery.ts';
import { reportOf, type RehearsalReport } from './report/report.ts';
import { mintLocally } from './tokens.ts';

/** Rebuilding a gate takes 4 to 8 s; after that everybody who was told to come back has. */
const PATIENCE_MS = 30_000;
/** For the record to catch up after the load. */
const REST_PATIENCE_MS = 60_000;
const REDEEMS_ONE_IN = 20;
const LOOK_MS = 500;

/**
 * Rehearses an event with the local stack: users, faults, and the count of what became of the
 * promises.
 *
 * @param folder for tokens and answers
 * @throws Error when there is no stack, or it can't be judged
 */
export async function rehearse(
  options: RehearsalOptions,
  folder: string,
  signal: AbortSignal,
): Promise<RehearsalReport> {
  const paths = statePaths(chosenStateDir());
  const endpoints = await runningStack(paths);
  const userPrefix = `rehearsal-${Date.now().toString(36)}-`;
  const tokensFile = join(folder, 'tokens');
  const progress = progressOn(process.stdout, options.crowd.seconds);
  progress.say(`Minting ${options.crowd.users} tokens`);
  const { operator: token, checkout } = await mintLocally(paths, options, userPrefix, tokensFile);
  const operator = new Operator(endpoints.api, token);
  const couponId = await operator.createCoupon(options.quantity);
  progress.say(`Coupon ${couponId}: ${options.quantity} units at ${endpoints.api}`);

  const watch = new Watch(operator, couponId);
  const striking = new Striking(options, paths, endpoints, progress);
  let begunAt = Date.now();
  let entries: LoadEntries;
  try {
    entries = await runLoad(
      {
        api: endpoints.api,
        couponId,
        crowd: options.crowd,
        tokensFile,
        userPrefix,
        checkoutToken: checkout,
        redeemsOneIn: REDEEMS_ONE_IN,
        patienceMs: PATIENCE_MS,
        entriesFile: join(folder, 'entries'),
      },
      {
        begun(at) {
          begunAt = at;
          watch.begin(at);
          striking.begin();
        },
        progress(load: LoadProgress) {
          progress.show(load, watch.latest);
        },
      },
      signal,
    );
    await striking.end();
    progress.say('Counting');
    const invariants = await judge(couponId, endpoints, entries);
    return reportOf({
      begunAt,
      options,
      couponId,
      ...entries,
      sights: watch.sights,
      faults: outcomesOf(striking.struck, entries.claims, begunAt),
      invariants,
    });
  } finally {
    watch.end();
    await striking.end().catch(() => undefined);
    progress.close();
  }
}

async function runningStack(paths: StatePaths): Promise<Endpoints> {
  const endpoints = await readEndpoints(paths);
  const isUp =
    endpoints !== undefined &&
    (await fetch(`${endpoints.api}/health`).then(
      ({ ok }) => ok,
      () => false,
    ));
  if (!isUp) throw new Error('There is no stack to rehearse with: npm start in another terminal.');
  return endpoints;
}

async function judge(
  couponId: string,
  endpoints: Endpoints,
  { claims, redeems }: LoadEntries,
): Promise<InvariantReport[]> {
  const { kafka, topic, group, valkey, databaseUrl } = endpoints;
  const target = {
    couponIds: [couponId],
    brokers: kafka.split(','),
    topic,
    group,
    valkeyUrl: valkey,
  };
  await untilAtRest(target, REST_PATIENCE_MS);
  return checkInvariants({ ...target, databaseUrl, replies: claims, redeemReplies: redeems });
}

/** Looks at the event as an operator does, until it is over. */
class Watch {
  readonly sights: (Sight & { readonly atMs: number })[] = [];
  readonly #operator: Operator;
  readonly #couponId: string;
  readonly #over = new AbortController();

  constructor(operator: Operator, couponId: string) {
    this.#operator = operator;
    this.#couponId = couponId;
  }

  get latest(): Sight | undefined {
    return this.sights.at(-1);
  }

  begin(begunAt: number): void {
    void this.#look(begunAt);
  }

  end(): void {
    this.#over.abort();
  }

  async #look(begunAt: number): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const sight = await this.#operator.look(this.#couponId);
      if (sight !== undefined) this.sights.push({ ...sight, atMs: Date.now() - begunAt });
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The faults, each at its moment, one after the other. */
class Striking {
  readonly struck: Struck[] = [];
  readonly #options: RehearsalOptions;
  readonly #paths: StatePaths;
  readonly #endpoints: Endpoints;
  readonly #progress: Progress;
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    options: RehearsalOptions,
    paths: StatePaths,
    endpoints: Endpoints,
    progress: Progress,
  ) {
    this.#options = options;
    this.#paths = paths;
    this.#endpoints = endpoints;
    this.#progress = progress;
  }

  begin(): void {
    this.#running = Promise.all(
      this.#options.faults.map(async ({ name, atSeconds }) => {
        await sleep(atSeconds * 1000);
        this.#progress.say(name);
        const struck = await strike(name, this.#paths, this.#endpoints);
        this.struck.push(struck);
        this.#progress.say(`${name} is over after ${struck.healedAt - struck.struckAt} ms`);
      }),
    );
    // Whoever waits for the end gets it.
    this.#running.catch(() => undefined);
  }

  /** @throws Error if one could not be done */
  async end(): Promise<void> {
    await this.#running;
  }
}
