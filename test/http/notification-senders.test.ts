import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Channel } from '../../lambdas/domain/notification.ts';
import {
  notification,
  operatorFacts,
  PostOfficeBench,
  SECRETS,
  userFacts,
} from '../support/post-office.ts';

const CHANNELS: readonly Channel[] = ['email', 'sns', 'slack', 'webhook'];
/** What stands in no reason and no fault: who, where, and by which secret. */
const UNSAID = /user-1|@|SECRET-CODE|secret-of|whsec_|127\.0\.0\.1|localhost|http/;

let bench: PostOfficeBench;

beforeAll(async () => {
  bench = await PostOfficeBench.start();
});

afterEach(() => {
  bench.office.faults.set({
    email: { mode: 'none' },
    sns: { mode: 'none' },
    slack: { mode: 'none' },
    webhook: { mode: 'none' },
    users: { mode: 'none' },
  });
});

afterAll(() => bench.end());

/** What became of one, and what was taken of it. */
async function sent(told: ReturnType<typeof notification>) {
  const outcome = await bench.send(told);
  const taken = bench.taken(told.channel).filter(({ id }) => id === told.id);
  return { outcome, taken };
}

describe.each(CHANNELS)('by %s', (channel) => {
  it('what is sent is taken once, with its id', async () => {
    const { outcome, taken } = await sent(notification(channel));
    expect(outcome).toEqual({ kind: 'sent' });
    expect(taken).toHaveLength(1);
    expect(JSON.stringify(taken)).toContain('Opening day 5,000');
  });

  it.each([
    ['Korean', '여름맞이 쿠폰 🎉'],
    ['of right to left', 'قسيمة اليوم'],
    ['markup', '<b>&amp;"\'</b> <!channel> <@U1> <https://x.y|z>'],
    ['two lines', 'a\r\nBcc: other@example.test\r\n\r\nb'],
    ['placeholders', '{{code}} {{userId}} $& %s'],
    ['as long as can be', '쿠폰'.repeat(100)],
  ])('a name that is %s is taken as it is, and means nothing', async (_what, couponName) => {
    const isOfUser = channel === 'email' || channel === 'webhook';
    const facts = isOfUser ? userFacts({ couponName }) : operatorFacts(couponName);
    const { outcome, taken } = await sent(notification(channel, { facts }));
    expect(outcome).toEqual({ kind: 'sent' });
    const subject = taken[0]?.subject ?? '';
    const text = taken[0]?.text ?? '';
    const to = taken[0]?.to ?? 'user-1@example.test';
    // Of a webhook it is the post office's own, of what the body says.
    if (channel !== 'webhook') expect(subject).not.toMatch(/[\r\n]/);
    expect(to).toBe('user-1@example.test');
    expect(`${subject}\n${text}`).toContain(couponName.slice(0, 8).split(/[\r\n"{]/)[0]);
  });

  it('an answer that is lost is a failure, and the next attempt has the same id', async () => {
    const told = notification(channel);
    bench.office.faults.set({ [channel]: { mode: 'cut' } });
    const first = await bench.send(told);
    expect(first).toEqual({ kind: 'failed', reason: expect.stringContaining('ECONNRESET') });
    bench.office.faults.set({ [channel]: { mode: 'none' } });
    const { outcome, taken } = await sent(told);
    expect(outcome).toEqual({ kind: 'sent' });
    expect(taken.length).toBeGreaterThan(1);
  });

  it('a server that is down is a failure', async () => {
    bench.office.faults.set({ [channel]: { mode: 'down' } });
    const { outcome, taken } = await sent(notification(channel));
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'no answer: ECONNRESET' });
    expect(taken).toEqual([]);
  });

  it('a server that hangs is given up when time is over', async () => {
    bench.office.faults.set({ [channel]: { mode: 'hang' } });
    const begun = performance.now();
    const outcome = await bench.send(notification(channel), {}, AbortSignal.timeout(200));
    expect(outcome).toEqual({ kind: 'failed', reason: expect.stringContaining('time is over') });
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('what has no time is not begun', async () => {
    const told = notification(channel);
    const outcome = await bench.send(told, {}, AbortSignal.abort());
    expect(outcome).toMatchObject({ kind: 'failed' });
    expect(bench.taken(channel).some(({ id }) => id === told.id)).toBe(false);
  });

  it.each([429, 500, 503])('a %i passes, and may say when', async (status) => {
    bench.office.faults.set({ [channel]: { mode: 'refuse', status, retryAfter: 7 } });
    expect(await bench.send(notification(channel))).toEqual({
      kind: 'failed',
      reason: expect.stringContaining(String(status)),
      retryAfterMs: 7_000,
    });
  });

  it('a refusal of the message itself is final', async () => {
    bench.office.faults.set({ [channel]: { mode: 'refuse', status: 400 } });
    expect(await bench.send(notification(channel))).toMatchObject({ kind: 'rejected' });
  });

  it('half of what is refused is half of what is sent', async () => {
    bench.office.faults.set({ [channel]: { mode: 'refuse', share: 0.5 } });
    const outcomes = [];
    for (let i = 0; i < 10; i += 1) outcomes.push((await bench.send(notification(channel))).kind);
    expect(outcomes.filter((kind) => kind === 'sent')).toHaveLength(5);
  });

  it('a redirect leads nowhere', async () => {
    const path = { email: '/v2/email/outbound-emails', sns: '/', slack: '', webhook: '' };
    const location = `${bench.office.addresses[channel]}${path[channel]}`;
    // Every second request: one that was led here would be taken.
    bench.office.faults.set({ [channel]: { mode: 'refuse', status: 307, location, share: 0.5 } });
    expect(await bench.send(notification(channel))).toEqual({ kind: 'sent' });
    expect(await bench.send(notification(channel))).toMatchObject({ kind: 'failed' });
  });

  it('no reason names anybody, any address or a secret', async () => {
    const outcomes = [];
    for (const fault of [
      { mode: 'down' },
      { mode: 'cut' },
      { mode: 'refuse', status: 400 },
      { mode: 'refuse', status: 403 },
      { mode: 'refuse', status: 503 },
    ]) {
      bench.office.faults.set({ [channel]: fault, users: fault });
      outcomes.push(await bench.send(notification(channel)));
    }
    expect(outcomes.map(({ kind }) => kind)).not.toContain('sent');
    expect(JSON.stringify(outcomes)).not.toMatch(UNSAID);
  });
});

it('nothing unexpected has happened', () => {
  expect(bench.faults).toEqual([]);
});

it('what was taken is in the file, one line each', () => {
  const lines = readFileSync(bench.file, 'utf8').trim().split('\n');
  expect(lines).toHaveLength(bench.taken().length);
});

it('nobody but an owner reads a secret code', () => {
  const readers = bench.taken().filter((one) => JSON.stringify(one).includes('SECRET-CODE-1'));
  expect(new Set(readers.map(({ channel }) => channel))).toEqual(new Set(['email']));
  expect(JSON.stringify(bench.taken())).not.toContain(SECRETS.userServiceToken);
});
