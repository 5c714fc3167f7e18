import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { webhookHeaders, webhookKeys } from '../../lambdas/adapters/notify/webhook-signature.ts';
import { addressOf } from '../../local/post-office/desks/users.ts';
import { startAwsStandIn, type AwsStandIn } from '../support/aws/stand-in.ts';
import { CleanUp } from '../support/clean-up.ts';
import {
  notification,
  operatorFacts,
  PostOfficeBench,
  SECRETS,
  userFacts,
} from '../support/post-office.ts';

const ALL_WELL = Object.fromEntries(
  ['email', 'sns', 'slack', 'webhook', 'users'].map((desk) => [desk, { mode: 'none' }]),
);

const OTHER_SECRET = `whsec_${Buffer.from('another key of some thirty bytes').toString('base64')}`;

const cleanUp = new CleanUp();
let bench: PostOfficeBench;
let aws: AwsStandIn;

beforeAll(async () => {
  bench = cleanUp.add(await PostOfficeBench.start(), (started) => started.end());
  aws = cleanUp.add(await startAwsStandIn(), (started) => started.close());
});

beforeEach(() => {
  bench.office.faults.set(ALL_WELL);
});

afterAll(() => cleanUp.run());

function ofUser(userId: string) {
  return notification('email', { facts: userFacts({ userId }) });
}

describe('an e-mail', () => {
  it('goes to the address of its user, in the user’s language, as text and as HTML', async () => {
    const told = ofUser('user-ko');
    await bench.send(told);
    const mail = bench.taken('email').find(({ id }) => id === told.id);
    expect(mail).toMatchObject({
      to: 'user-ko@example.test',
      subject: '쿠폰이 발급되었습니다: Opening day 5,000',
      event: 'issued',
      content: { FromEmailAddress: 'coupons@example.test' },
    });
    expect(mail?.text).toContain('쿠폰 코드: SECRET-CODE-1');
    expect(mail?.html).toContain('<html lang="ko">');
  });

  it.each(['user/1?x#y', 'a b%2F', '사용자', '🎉', '한\n줄', 'u'.repeat(200), '%', '...'])(
    'finds its user whatever the id is: %j',
    async (userId) => {
      const told = ofUser(userId);
      expect(await bench.send(told)).toEqual({ kind: 'sent' });
      const mail = bench.taken('email').find(({ id }) => id === told.id);
      expect(mail?.to).toBe(addressOf(userId));
    },
  );

  it.each(['nomail-1', 'unknown-1', '.', '..'])('has nobody to go to: %s', async (userId) => {
    expect(await bench.send(ofUser(userId))).toEqual({ kind: 'nobody', reason: 'no address' });
  });

  it('about no user has nobody to go to', async () => {
    const told = notification('email', { event: 'sold_out', facts: operatorFacts() });
    expect(await bench.send(told)).toEqual({ kind: 'nobody', reason: 'no user' });
  });

  it('that SES refuses for its address is given up', async () => {
    expect(await bench.send(ofUser('reject-1'))).toEqual({
      kind: 'rejected',
      reason: 'SES answered 400 MessageRejected',
    });
  });

  it('waits while SES has not verified the account’s addresses', async () => {
    const NOTIFY_MAIL_FROM = 'unverified@example.test';
    expect(await bench.send(ofUser('user-1'), { NOTIFY_MAIL_FROM })).toEqual({
      kind: 'failed',
      reason: 'SES answered 400 MessageRejected: not verified',
    });
  });

  it.each([400, 405, 410, 422])(
    'to a user whom the user service refuses with %i is given up, and SES not asked',
    async (status) => {
      bench.office.faults.set({ users: { mode: 'refuse', status } });
      const reason = `the user service answered ${status}`;
      expect(await bench.send(ofUser('user-1'))).toEqual({
        kind: 'rejected',
        reason,
        isUnasked: true,
      });
    },
  );

  it('to an address that is none is given up, and SES not asked', async () => {
    expect(await bench.send(ofUser('badmail-1'))).toEqual({
      kind: 'rejected',
      reason: 'the user service gave no e-mail address',
      isUnasked: true,
    });
  });

  it('waits while the user service is not well, or does not know us', async () => {
    for (const status of [307, 401, 403, 408, 425, 429, 500, 503]) {
      bench.office.faults.set({ users: { mode: 'refuse', status } });
      const reason = `the user service answered ${status}`;
      expect(await bench.send(ofUser('user-1'))).toEqual({ kind: 'failed', reason });
    }
    bench.office.faults.set(ALL_WELL);
    expect(await bench.send(ofUser('user-1'), { USER_SERVICE_TOKEN: 'other' })).toEqual({
      kind: 'failed',
      reason: 'the user service answered 401',
    });
  });

  it('gives the user service two seconds', async () => {
    bench.office.faults.set({ users: { mode: 'hang' } });
    const begun = performance.now();
    expect(await bench.send(ofUser('user-1'))).toMatchObject({ kind: 'failed' });
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('names the configuration set where there is one', async () => {
    const told = ofUser('user-1');
    await bench.send(told, { NOTIFY_MAIL_CONFIGURATION_SET: 'coupons' });
    const mail = bench.taken('email').find(({ id }) => id === told.id);
    expect(mail?.content).toMatchObject({ ConfigurationSetName: 'coupons' });
  });
});

describe('a message to Slack', () => {
  it('has its figures in fields, and where and when below', async () => {
    const told = notification('slack', { facts: operatorFacts('A & B <c>') });
    await bench.send(told, { NOTIFY_OPERATOR_LANGUAGE: 'ko' });
    const message = bench.taken('slack').find(({ id }) => id === told.id);
    expect(message?.content).toMatchObject({
      text: '소진: A &amp; B &lt;c&gt;',
      blocks: [
        { type: 'header', text: { text: '소진: A &amp; B &lt;c&gt;' } },
        { type: 'section' },
        { type: 'section', fields: [{ text: '수량\n1,000' }, { text: '사용\n12' }] },
        {
          type: 'context',
          elements: [{ text: 'coupon000001 · 2026년 11월 29일 12:04 (한국 시간)' }],
        },
      ],
    });
    expect(message?.subject).toBe('소진: A & B <c>');
  });

  it('keeps to Slack’s limits when everything in it is long, and has to be escaped', async () => {
    const figures = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [`f${i}`, '&'.repeat(2_000)]),
    );
    const facts = { ...operatorFacts('<&>'.repeat(60)), figures };
    const body = `${'<'.repeat(3_900)} {{couponName}}`;
    const templates = { sold_out: { en: { subject: '{{couponName}}', body } } };
    const told = notification('slack', { facts, templates });
    expect(await bench.send(told)).toEqual({ kind: 'sent' });
  });

  it('is given up when there is no such webhook any more', async () => {
    const SLACK_WEBHOOK_URL = `${bench.office.url}/slack/services/other`;
    expect(await bench.send(notification('slack'), { SLACK_WEBHOOK_URL })).toEqual({
      kind: 'rejected',
      reason: 'Slack answered 404',
    });
  });
});

describe('a webhook', () => {
  it('says what happened to whom, and has no code and no address', async () => {
    const told = notification('webhook', { event: 'redeemed' });
    await bench.send(told);
    const webhook = bench.taken('webhook').find(({ id }) => id === told.id);
    expect(webhook?.content).toEqual({
      type: 'issuance.redeemed',
      timestamp: '2026-11-29T03:04:05.000Z',
      data: {
        couponId: 'coupon000001',
        couponName: 'Opening day 5,000',
        issuance: {
          id: 'coupon000001_abcdefghijklmnopqrstuv',
          userId: 'user-1',
          validUntil: '2026-12-29T14:59:59.000Z',
        },
      },
    });
  });

  it('of an operator’s event has its figures', async () => {
    const told = notification('webhook', { event: 'summary', facts: operatorFacts() });
    await bench.send(told);
    const webhook = bench.taken('webhook').find(({ id }) => id === told.id);
    expect(webhook?.content).toMatchObject({
      type: 'coupon.summary',
      data: { figures: { quantity: 1_000, redeemed: 12 } },
    });
  });

  it('is signed by each secret while they are rotated, so either is believed', async () => {
    for (const SHOP_WEBHOOK_SECRETS of [
      `${OTHER_SECRET} ${SECRETS.webhookSecret}`,
      `${SECRETS.webhookSecret}\n${OTHER_SECRET}\n`,
    ]) {
      const outcome = await bench.send(notification('webhook'), { SHOP_WEBHOOK_SECRETS });
      expect(outcome).toEqual({ kind: 'sent' });
    }
    const alone = await bench.send(notification('webhook'), { SHOP_WEBHOOK_SECRETS: OTHER_SECRET });
    expect(alone).toEqual({ kind: 'failed', reason: 'the shop answered 401' });
  });

  it.each(['', 'secret', 'whsec_', 'whsec_c2hvcnQ=', 'whsec_not base64'])(
    'is not sent by a secret that is none: %j',
    async (SHOP_WEBHOOK_SECRETS) => {
      const sending = async () => bench.send(notification('webhook'), { SHOP_WEBHOOK_SECRETS });
      const outcome = await sending().catch((error: unknown) => String(error));
      expect(JSON.stringify(outcome)).toMatch(/"failed".*secret to sign with|missing/);
    },
  );

  it('is signed as the specification’s own example', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const body = '{"test": 2432232314}';
    const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
    const headers = webhookHeaders(webhookKeys(secret), id, body, 1_614_265_330_999);
    expect(headers).toEqual({
      'webhook-id': id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  /** As somebody who has listened sends it again, with a change. */
  async function forged(change: { body?: string; seconds?: number; id?: string }) {
    const body =
      '{"type":"issuance.issued","timestamp":"2026-11-29T03:04:05Z","data":{"couponId":"c","couponName":"n"}}';
    const now = Date.now() + (change.seconds ?? 0) * 1_000;
    const signed = webhookHeaders(webhookKeys(SECRETS.webhookSecret), 'm1', body, now);
    const response = await fetch(bench.office.addresses.webhook, {
      method: 'POST',
      headers: { ...signed, ...(change.id === undefined ? {} : { 'webhook-id': change.id }) },
      body: change.body ?? body,
    });
    return response.status;
  }

  it('is believed as it was signed, and not when anything of it was changed', async () => {
    expect(await forged({})).toBe(204);
    expect(await forged({ body: '{}' })).toBe(401);
    expect(await forged({ id: 'm2' })).toBe(401);
    expect(await forged({ seconds: -301 })).toBe(401);
    expect(await forged({ seconds: 302 })).toBe(401);
  });

  it('whose time was changed is not believed: it is signed too', async () => {
    const body = '{}';
    const [key] = webhookKeys(SECRETS.webhookSecret);
    const signature = createHmac('sha256', key ?? '')
      .update(`m1.${body}`)
      .digest('base64');
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const response = await fetch(bench.office.addresses.webhook, {
      method: 'POST',
      headers: {
        'webhook-id': 'm1',
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      },
      body,
    });
    expect(response.status).toBe(401);
  });

  it.each([400, 402, 413, 422])('is given up when the shop refuses it with %i', async (status) => {
    bench.office.faults.set({ webhook: { mode: 'refuse', status } });
    expect(await bench.send(notification('webhook'))).toEqual({
      kind: 'rejected',
      reason: `the shop answered ${status}`,
    });
  });

  it.each([301, 308, 404, 405, 410])(
    'waits while nobody is there to take it, which a deployment mends: %i',
    async (status) => {
      bench.office.faults.set({ webhook: { mode: 'refuse', status } });
      expect(await bench.send(notification('webhook'))).toEqual({
        kind: 'failed',
        reason: `the shop answered ${status}`,
      });
    },
  );
});

describe('a secret in Secrets Manager', () => {
  const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:webhook-AbCdEf';
  const variables = () => ({
    SHOP_WEBHOOK_SECRETS: '',
    SHOP_WEBHOOK_SECRET_ARN: arn,
    AWS_SESSION_TOKEN: 'a session/token+of=the tests',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
  });

  it('signs, and is read once for many', async () => {
    aws.secrets.set(arn, `${SECRETS.webhookSecret}\n`);
    aws.calls.splice(0);
    const { webhook } = bench.senders(variables()).senders;
    for (let i = 0; i < 3; i += 1) {
      const outcome = await webhook?.send(notification('webhook'), AbortSignal.timeout(5_000));
      expect(outcome).toEqual({ kind: 'sent' });
    }
    expect(aws.calls).toEqual(['GetSecretValue']);
  });

  it('that can’t be read is a failure, by no other name', async () => {
    aws.secrets.delete(arn);
    expect(await bench.send(notification('webhook'), variables())).toEqual({
      kind: 'failed',
      reason: 'a secret could not be read',
    });
  });
});

describe('the lines by which docs/notifications-channels.md has a shop check a webhook', () => {
  type Check = (
    headers: Readonly<Record<string, string>>,
    body: string,
    secret: string,
    now?: number,
  ) => boolean;

  const [, code = ''] =
    /```js\n([\s\S]*?)```/.exec(readFileSync('docs/notifications-channels.md', 'utf8')) ?? [];
  const load = async (): Promise<Check> => {
    const text = encodeURIComponent(code);
    const module = (await import(`data:text/javascript,${text}`)) as { isFromCoupons: Check };
    return module.isFromCoupons;
  };
  const body = '{"type":"issuance.issued"}';
  const now = Date.parse('2026-11-29T03:04:05Z');
  const headers = webhookHeaders(
    webhookKeys(`${OTHER_SECRET} ${SECRETS.webhookSecret}`),
    'm1',
    body,
    now,
  );

  it('believe what is signed by either secret', async () => {
    const check = await load();
    expect(check(headers, body, SECRETS.webhookSecret, now)).toBe(true);
    expect(check(headers, body, OTHER_SECRET, now + 299_000)).toBe(true);
  });

  it('believe nothing that is old, changed, unsigned or somebody else’s', async () => {
    const check = await load();
    const { webhookSecret: secret } = SECRETS;
    expect(check(headers, body, secret, now + 301_000)).toBe(false);
    expect(check(headers, `${body} `, secret, now)).toBe(false);
    expect(check({ ...headers, 'webhook-id': 'm2' }, body, secret, now)).toBe(false);
    expect(check({ ...headers, 'webhook-timestamp': 'soon' }, body, secret, now)).toBe(false);
    expect(check({}, body, secret, now)).toBe(false);
    const third = `whsec_${Buffer.from('a third key of some thirty bytes').toString('base64')}`;
    expect(check(headers, body, third, now)).toBe(false);
  });
});
