import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { snsSender } from '../../lambdas/adapters/aws/sns-sender.ts';
import { fixedSecret } from '../../lambdas/adapters/changing-secret.ts';
import type { HttpCall, HttpClient } from '../../lambdas/adapters/http-client.ts';
import { slackSender } from '../../lambdas/adapters/notify/slack-sender.ts';
import { webhookSender } from '../../lambdas/adapters/notify/webhook-sender.ts';
import type { NotificationSender } from '../../lambdas/domain/notification.ts';
import { slackDesk } from '../../local/post-office/desks/slack.ts';
import { snsDesk } from '../../local/post-office/desks/sns.ts';
import { webhookDesk } from '../../local/post-office/desks/webhook.ts';
import type { Arrived, Judgement } from '../../local/post-office/message.ts';
import { anyName } from '../support/any-name.ts';
import { access } from '../support/aws/account.ts';
import { notification, operatorFacts, SECRETS } from '../support/post-office.ts';

const unexpected = (): void => undefined;

/** The request as the post office's desk judges it, without a network between. */
async function judged(
  path: string,
  judge: (arrived: Arrived) => Judgement,
  open: (http: HttpClient) => NotificationSender,
  told: ReturnType<typeof notification>,
) {
  const calls: HttpCall[] = [];
  const sender = open((call) => {
    calls.push(call);
    return Promise.resolve({ status: 200, headers: {}, text: '' });
  });
  await sender.send(told, AbortSignal.timeout(5_000));
  const [{ method, headers, body = '' } = fail()] = calls;
  return judge({ method, path, headers, body });
}

function fail(): never {
  throw new Error('nothing was sent');
}

/** A text of an operator, who writes it into a template, around the name of the coupon. */
const anyTemplate = fc.record({
  subject: anyName.map((text) => `${text}{{couponName}}`),
  body: anyName.map((text) => `${text}\n{{couponName}} {{figures}}`),
});

describe('whatever a coupon is called, and whatever its text says', () => {
  const cases = fc.record({
    couponName: anyName,
    templates: fc.option(
      anyTemplate.map((template) => ({ sold_out: { en: template } })),
      { nil: undefined },
    ),
    reason: anyName,
  });

  it('Slack takes it, and finds no mention, link or block of somebody else’s in it', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ couponName, templates, reason }) => {
        const facts = { ...operatorFacts(couponName), figures: { reason, count: 3 } };
        const url = fixedSecret('https://hooks.slack.com/services/x');
        const { reply } = await judged(
          '/services/x',
          slackDesk('/services/x'),
          (http) => slackSender(url, 'en', http, unexpected),
          notification('slack', { facts, templates }),
        );
        expect(reply).toMatchObject({ status: 200, body: 'ok' });
      }),
    );
  });

  it('SNS takes it', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ couponName, templates }) => {
        const topic = { topicArn: 'arn:aws:sns:eu-west-1:111122223333:t', language: 'en' } as const;
        const { reply, taken } = await judged(
          '/',
          snsDesk,
          (http) => snsSender(access(), topic, http, unexpected),
          notification('sns', { facts: operatorFacts(couponName), templates }),
        );
        expect(reply.status).toBe(200);
        expect(taken?.subject).toBe('Coupon coupon000001: sold_out');
      }),
    );
  });

  it('the shop believes it, and reads the name as it is', async () => {
    await fc.assert(
      fc.asyncProperty(anyName, async (couponName) => {
        const { reply, taken } = await judged(
          '/',
          webhookDesk(SECRETS.webhookSecret),
          (http) =>
            webhookSender(
              'https://shop.example/',
              fixedSecret(SECRETS.webhookSecret),
              http,
              () => Date.now(),
              unexpected,
            ),
          notification('webhook', { event: 'sold_out', facts: operatorFacts(couponName) }),
        );
        expect(reply.status).toBe(204);
        expect(taken?.content).toMatchObject({ data: { couponName } });
      }),
    );
  });
});
