import { describe, expect, it } from '@jest/globals';
import { awsAccess } from '../../lambdas/adapters/aws/access.ts';
import { DELIVERY_SETTINGS } from '../../lambdas/config/limits.ts';
import { ratesText, withRates } from '../../lambdas/config/notify-rates.ts';
import { CHANNEL_OPTIONS, readSettings } from '../../lambdas/config/settings.ts';
import { PlainFault } from '../../lambdas/domain/fault-words.ts';
import { openSenders } from '../../lambdas/wiring/notification-senders.ts';

const ON_AWS = {
  NOTIFY_CHANNELS: 'webhook, email,slack,sns',
  NOTIFY_MAIL_FROM: 'coupons@example.com',
  NOTIFY_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:coupon',
  SLACK_WEBHOOK_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:slack',
  SHOP_WEBHOOK_URL: 'https://shop.example.com/hooks',
  SHOP_WEBHOOK_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:webhook',
  USER_SERVICE_URL: 'https://users.shop.internal/v1',
  USER_SERVICE_TOKEN_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:users',
};

function open(variables: Readonly<Record<string, string>>) {
  const settings = readSettings(variables, [], CHANNEL_OPTIONS);
  return openSenders(settings, awsAccess(variables), () => undefined);
}

describe('the channels of an environment', () => {
  it('are those that it names, with a sender each', () => {
    const { channels, senders } = open(ON_AWS);
    expect(channels).toEqual(['email', 'sns', 'slack', 'webhook']);
    expect(Object.keys(senders)).toEqual(channels);
    expect(open({ ...ON_AWS, NOTIFY_CHANNELS: 'sns' }).channels).toEqual(['sns']);
  });

  it('are none where none is named', () => {
    expect(open({})).toEqual({ channels: [], senders: {} });
  });

  it.each([
    [{ NOTIFY_CHANNELS: 'sms,sns' }, 'NOTIFY_CHANNELS names a channel that there is not; there is'],
    [{ NOTIFY_MAIL_FROM: '' }, 'missing environment variables: NOTIFY_MAIL_FROM'],
    [{ NOTIFY_TOPIC_ARN: '' }, 'NOTIFY_TOPIC_ARN'],
    [{ SLACK_WEBHOOK_SECRET_ARN: '' }, 'SLACK_WEBHOOK_URL or SLACK_WEBHOOK_SECRET_ARN'],
    [{ SHOP_WEBHOOK_URL: '' }, 'SHOP_WEBHOOK_URL'],
    [{ SHOP_WEBHOOK_URL: 'http://shop.example.com' }, 'SHOP_WEBHOOK_URL: the address is not https'],
    [{ SHOP_WEBHOOK_URL: 'https://10.0.0.1' }, 'SHOP_WEBHOOK_URL: the address is private'],
    [{ USER_SERVICE_URL: 'http://users' }, 'USER_SERVICE_URL: the address is not https'],
    [{ NOTIFY_OPERATOR_LANGUAGE: 'fr' }, 'NOTIFY_OPERATOR_LANGUAGE is to be en or ko'],
  ])('cannot be had with %j, and that is said at once', (change, message) => {
    expect(() => open({ ...ON_AWS, ...change })).toThrow(message);
  });
});

describe('the rates of an environment', () => {
  it('are those that it names, with as many at once in proportion, and else the usual ones', () => {
    const { email, ...others } = DELIVERY_SETTINGS.paces;
    expect(withRates(DELIVERY_SETTINGS, ratesText({ email: 28 })).paces).toEqual({
      email: { ...email, perSecond: 28, concurrency: 16 },
      ...others,
    });
    expect(withRates(DELIVERY_SETTINGS, undefined)).toBe(DELIVERY_SETTINGS);
  });

  it('never have more than a hundred on their way at once', () => {
    const { paces } = withRates(DELIVERY_SETTINGS, 'email=14, webhook=5000');
    expect(paces.webhook).toMatchObject({ perSecond: 5_000, concurrency: 100 });
  });

  it.each(['email', 'email=', 'email=0', 'slack=0.5', 'email=-1', 'fax=5', 'email=5;sns=5', ''])(
    'are not read from %j, and no rate is quoted',
    (rates) => {
      expect(() => withRates(DELIVERY_SETTINGS, rates)).toThrow(
        new PlainFault('NOTIFY_RATES is to be like email=50,webhook=200'),
      );
    },
  );
});
