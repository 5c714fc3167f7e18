import { beforeEach, describe, expect, it } from '@jest/globals';
import { json } from '../../lambdas/http/answer.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { MemoryRateLimiter } from '../fakes/memory-rate-limiter.ts';
import { httpFunction, type FunctionReply } from '../support/http-function.ts';

const ISSUANCE = `/v1/issuances/couponcoupon_${'A'.repeat(22)}`;
const FREE = 8;

let clock: ManualClock;
let limiter: MemoryRateLimiter;
let random: number;
let get: (token: string, path?: string) => Promise<FunctionReply>;

/** A process of its own, which counts in the same place. */
function process(burst = 300, perSecond = 30): typeof get {
  const endpoint = () => Promise.resolve(json(200, {}));
  const send = httpFunction({
    endpoints: { getIssuance: endpoint, getCoupon: endpoint, listCoupons: endpoint },
    publicEndpoints: { getDocs: endpoint },
    requestLimits: { limiter, limit: { burst, perSecond }, clock, random: () => random },
  });
  return (token, path = ISSUANCE) => send({ path, token });
}

async function times(count: number, ask: () => Promise<FunctionReply>): Promise<FunctionReply[]> {
  const replies: FunctionReply[] = [];
  for (let i = 0; i < count; i += 1) replies.push(await ask());
  return replies;
}

const statuses = (replies: readonly FunctionReply[]): number[] =>
  replies.map(({ status }) => status);

beforeEach(() => {
  clock = new ManualClock();
  limiter = new MemoryRateLimiter(() => clock.now());
  random = 0;
  get = process();
});

describe('the limit of a user', () => {
  it('costs those who ask seldom nothing', async () => {
    const replies = await times(FREE, () => get('anna.use'));
    expect(new Set(statuses(replies))).toEqual(new Set([200]));
    expect(limiter.spent).toEqual([]);
    expect(replies[0]?.headers).toMatchObject({ 'ratelimit-policy': '"default";q=300;w=10' });
    expect(replies[0]?.headers['ratelimit']).toBeUndefined();
  });

  it('is counted for all processes, once a process has let its free ones pass', async () => {
    const replies = await times(FREE + 2, () => get('anna.use'));
    expect(limiter.spent.map(({ cost }) => cost)).toEqual([FREE + 1, 1]);
    expect(replies.map(({ headers }) => headers['ratelimit']).slice(FREE)).toEqual([
      '"default";r=291;t=1',
      '"default";r=290;t=1',
    ]);
  });

  it('costs nothing again in the next window', async () => {
    await times(FREE + 1, () => get('anna.use'));
    clock.advance(10_000);
    await times(FREE, () => get('anna.use'));
    expect(limiter.spent).toHaveLength(1);
  });

  it('lets a burst through and no more, then what comes back', async () => {
    const replies = await times(301, () => get('anna.use'));
    expect(statuses(replies).filter((status) => status === 200)).toHaveLength(300);
    expect(replies[300]).toMatchObject({
      status: 429,
      json: { code: 'too_many_requests', detail: 'Ask again in 1 s.' },
      headers: { 'retry-after': '1', ratelimit: '"default";r=0;t=10' },
    });
    clock.advance(1_000);
    expect(statuses(await times(31, () => get('anna.use')))).toEqual([...ones(30), 429]);
    clock.advance(9_000);
    expect(statuses(await times(FREE, () => get('anna.use')))).toEqual(ones(FREE));
  });

  it('holds for requests at the same time', async () => {
    const replies = await Promise.all(Array.from({ length: 400 }, () => get('anna.use')));
    expect(statuses(replies).filter((status) => status === 200)).toHaveLength(300);
  });

  it('lets each process pass its free ones more', async () => {
    const processes = [process(20, 1), process(20, 1), process(20, 1)];
    const passed = await Promise.all(
      processes.map(async (ask) => statuses(await times(30, () => ask('anna.use')))),
    );
    const successes = passed.flat().filter((status) => status === 200).length;
    expect(successes).toBeGreaterThanOrEqual(20);
    expect(successes).toBeLessThanOrEqual(20 + processes.length * FREE);
  });

  it('does not count what was refused, however often one asks', async () => {
    const ask = process(12, 1);
    expect(statuses(await times(112, () => ask('anna.use'))).slice(0, 13)).toEqual([
      ...ones(12),
      429,
    ]);
    clock.advance(1_000);
    expect(statuses(await times(2, () => ask('anna.use')))).toEqual([200, 429]);
  });

  it('is told of the free ones again when it refused them', async () => {
    const first = process(20, 1);
    await times(20, () => first('anna.use'));
    const second = process(20, 1);
    await times(FREE, () => second('anna.use'));
    expect(await second('anna.use')).toMatchObject({ status: 429 });
    clock.advance(8_000);
    expect(await second('anna.use')).toMatchObject({
      status: 429,
      headers: { ratelimit: '"default";r=0;t=12' },
    });
    expect(await second('anna.use')).toMatchObject({ status: 429 });
    clock.advance(1_000);
    expect(await second('anna.use')).toMatchObject({ status: 200 });
    const costs = limiter.spent.slice(-4).map(({ cost }) => cost);
    expect(costs).toEqual(Array.from({ length: 4 }, () => FREE + 1));
  });

  it('sends those who are refused together back at different times', async () => {
    const ask = process(9, 0.1);
    await times(9, () => ask('anna.use'));
    const waits = [];
    for (random of [0, 0.5, 0.999]) {
      waits.push(Number((await ask('anna.use')).headers['retry-after']));
    }
    expect(waits).toEqual([10, 15, 20]);
  });

  it('is each user’s own, and names nobody', async () => {
    await times(FREE + 1, () => get('anna.use'));
    await times(FREE + 1, () => get('bert.use'));
    const keys = limiter.spent.map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^[\w-]{22}$/);
    expect(keys.join()).not.toMatch(/anna|bert/);
  });

  it.each([
    ['the shop', 'shop.checkout', ISSUANCE],
    ['an operator', 'olga.manage', ISSUANCE],
    ['who is both', 'olga.use.manage', ISSUANCE],
    ['polls of a coupon', 'anna.use', '/v1/coupons/couponcoupon'],
    ['polls of all coupons', 'anna.use', '/v1/coupons'],
    ['what anybody may read', 'anna.use', '/docs'],
  ])('does not hold for %s', async (_name, token, path) => {
    const replies = await times(FREE + 5, () => get(token, path));
    expect(limiter.spent).toEqual([]);
    expect(statuses(replies)).toEqual(ones(FREE + 5));
    expect(replies[0]?.headers['ratelimit-policy']).toBeUndefined();
  });

  it('lets everybody pass when nobody can count', async () => {
    limiter.isAway = true;
    expect(statuses(await times(400, () => get('anna.use')))).toEqual(ones(400));
  });

  it('works with a burst that is smaller than the free ones', async () => {
    const ask = process(2, 1);
    expect(statuses(await times(3, () => ask('anna.use')))).toEqual([200, 200, 429]);
  });
});

function ones(count: number): number[] {
  return Array.from({ length: count }, () => 200);
}
