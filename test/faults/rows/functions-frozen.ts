import { expect } from 'expect';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClaimRecord } from '../../../lambdas/domain/claim-record.ts';
import { freeze } from '../../support/freeze.ts';
import { until } from '../../support/until.ts';
import { INSTANCE, startInstance, type Instance } from '../bench/instance.ts';
import { readClaimsTopic } from '../bench/redelivery.ts';
import type { FaultRow, Stage } from '../bench/row.ts';
import { arm, failpointOptions, type Failpoint } from '../bench/shots.ts';

const MINUTE_MS = 60_000;
const CONNECT_MS = 10_000;
/** Of each kind. */
const INSTANCES = 2;

export const functionsFrozenRows: readonly FaultRow[] = [
  {
    id: '24b',
    title: 'Processes are frozen with a publish unsent and thawed a minute later',
    injection:
      'SIGSTOP of six processes: when the gate has let the claim in, right before the first byte of the produce request, and after the answer when Kafka was away; meanwhile Valkey loses everything and the gate is built anew',
    options: failpointOptions,
    load: { perSecond: 40 },
    answers: ['503 gate_closed', '503 unavailable', '503 outcome_unknown'],
    says: ['late records'],
    rings: ['late-records', 'claims-gate-closed'],
    strike: freezeForAMinute,
  },
];

/** An instance with a claim that it did not publish, and what came of the claim. */
interface Frozen {
  readonly instance: Instance;
  readonly user: string;
  readonly answer: Promise<number | undefined>;
}

async function freezeForAMinute(stage: Stage): Promise<number> {
  const instances: Instance[] = [];
  try {
    for (let i = 0; i < 3 * INSTANCES; i += 1) instances.push(await startInstance(stage.bench));
    return await thawLater(stage, instances);
  } finally {
    await Promise.all(instances.map((instance) => instance.end()));
  }
}

async function thawLater(stage: Stage, instances: readonly Instance[]): Promise<number> {
  const { bench, spike } = stage;
  const [some = [], others = [], more = []] = [0, 1, 2].map((kind) =>
    instances.slice(kind * INSTANCES, (kind + 1) * INSTANCES),
  );
  const answered = await freezeAfterAnswer(stage, some);
  const unpublished = await freezeAt(stage, 'gate passed', others);
  const unsent = await freezeAt(stage, 'produce unsent', more);
  const frozen = [...answered, ...unpublished, ...unsent];
  const frozenAt = performance.now();

  await loseGates(stage);
  await sleep(MINUTE_MS - (performance.now() - frozenAt));
  const before = await copiesOf(stage, frozen);
  // Those who have not waited so long.
  await claimAgain(
    stage,
    frozen.filter((_, i) => i % 2 === 0),
  );
  for (const { instance } of [...unpublished, ...unsent]) process.kill(instance.pid, 'SIGCONT');
  expect(await Promise.all(frozen.map(({ answer }) => answer))).toEqual(frozen.map(() => 503));
  // Wakes those that were frozen after their answer, and comes after whatever is still to be sent.
  for (const { instance, user } of frozen) {
    expect(isSuccess(await instance.claim(spike.couponId, user))).toBe(true);
  }
  await spike.succeeds(20);

  const after = await copiesOf(stage, frozen);
  const sent = frozen.map(({ user }) => (after.get(user) ?? 0) - (before.get(user) ?? 0));
  // No check can stand behind the last: what it lets pass is late, and only that.
  expect(sent).toEqual(frozen.map((each) => (unsent.includes(each) ? 1 : 0)));
  await bench.servers.healthy();
  return frozen.length;
}

/** Stops each instance at this point of a claim. */
async function freezeAt(
  { spike }: Stage,
  point: Failpoint,
  instances: readonly Instance[],
): Promise<Frozen[]> {
  for (const instance of instances) await isConnected(instance, spike.couponId);
  const shots = await arm(INSTANCE, point, 'SIGSTOP', instances.length);
  const frozen = instances.map((instance) => {
    const user = `frozen in ${instance.pid}`;
    return { instance, user, answer: instance.claim(spike.couponId, user) };
  });
  const pids = await shots.allFired();
  expect(pids.toSorted()).toEqual(instances.map(({ pid }) => pid).toSorted());
  // Until they really stand still.
  await Promise.all(pids.map(freeze));
  return frozen;
}

/** To everything that a claim needs. */
async function isConnected(instance: Instance, couponId: string): Promise<void> {
  await until('the instance serves', CONNECT_MS, async () =>
    isSuccess(await instance.claim(couponId, `first at ${instance.pid}`)) ? true : undefined,
  );
}

function isSuccess(status: number | undefined): boolean {
  return status === 200 || status === 202;
}

/** Has Kafka go away between gate and publish, so that the claim is answered and nothing was sent. */
async function freezeAfterAnswer(stage: Stage, instances: readonly Instance[]): Promise<Frozen[]> {
  const { kafka } = stage.bench.links;
  const frozen = await freezeAt(stage, 'gate passed', instances);
  kafka.sever();
  for (const { pid } of instances) process.kill(pid, 'SIGCONT');
  // The environment freezes itself once its invocation has ended.
  await Promise.all(frozen.map(({ answer }) => answer));
  kafka.mend();
  return frozen;
}

async function loseGates({ bench, spike }: Stage): Promise<void> {
  const valkey = new Redis(bench.servers.endpoints.valkeyUrl);
  await valkey.flushall();
  valkey.disconnect();
  spike.healed();
  await spike.succeeds(20);
}

async function claimAgain({ bench, spike }: Stage, frozen: readonly Frozen[]): Promise<void> {
  for (const { user } of frozen) {
    const { status } = await bench.flow.shoppers.claimUntilSettled(spike.couponId, user);
    expect(isSuccess(status)).toBe(true);
  }
}

/** How many records of the gate that is lost the topic has, by user. */
async function copiesOf(
  { bench, spike }: Stage,
  frozen: readonly Frozen[],
): Promise<Map<string, number>> {
  const { all } = await readClaimsTopic(bench.flow.stack.endpoints);
  const records = all
    .map(({ record }) => record)
    .filter(({ couponId }) => couponId === spike.couponId);
  const lostEpoch = Math.min(...records.map(({ epoch }) => epoch));
  const copies = (of: string): ClaimRecord[] =>
    records.filter(({ userId, epoch }) => userId === of && epoch === lostEpoch);
  return new Map(frozen.map(({ user }) => [user, copies(user).length]));
}
