import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asynchronousInvocation } from '../../lambdas/adapters/aws/invocations.ts';
import { bootstrapBrokers } from '../../lambdas/adapters/aws/bootstrap-brokers.ts';
import { databaseUserSecret, secretText } from '../../lambdas/adapters/aws/secrets.ts';
import { awsAccess } from '../../lambdas/adapters/aws/access.ts';
import { readOnce } from '../../lambdas/adapters/read-once.ts';
import { findIdentifiers } from '../../lambdas/wiring/identifiers.ts';
import { kafkaConnection } from '../../lambdas/wiring/kafka.ts';
import { SettingUnavailable } from '../../lambdas/domain/ports.ts';
import { access } from '../support/aws/account.ts';
import { startAwsStandIn, type AwsStandIn, type Mood } from '../support/aws/stand-in.ts';
import { CleanUp } from '../support/clean-up.ts';

const CLUSTER = 'arn:aws:kafka:eu-west-1:111122223333:cluster/coupon/1234';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ids-AbCdEf';
const BROKERS = 'b-1.example:9098,b-2.example:9098';

const cleanUp = new CleanUp();
let aws: AwsStandIn;

beforeAll(async () => {
  aws = cleanUp.add(await startAwsStandIn(), (started) => started.close());
  aws.brokers.set(CLUSTER, BROKERS);
  aws.secrets.set(SECRET, 'of thirty-two characters and more');
});

beforeEach(() => {
  aws.calls.splice(0);
});

afterEach(() => {
  aws.answer('well');
});

afterAll(() => cleanUp.run());

function here(): ReturnType<typeof access> {
  return access({ KAFKA: aws.url, SECRETS_MANAGER: aws.url });
}

describe('the brokers of a cluster', () => {
  it('are those that take IAM sign-ins', async () => {
    expect(await bootstrapBrokers(here(), CLUSTER)).toEqual(BROKERS.split(','));
    expect(aws.calls).toEqual(['GetBootstrapBrokers']);
  });

  it.each<[Mood]>([['throttled'], ['broken']])(
    'are asked for again when the service was %s',
    async (mood) => {
      aws.answer(mood, 1);
      expect(await bootstrapBrokers(here(), CLUSTER)).toHaveLength(2);
      expect(aws.calls).toHaveLength(2);
    },
  );

  it('are not known when it goes on like that, and not for longer', async () => {
    const { brokers } = kafkaConnection(
      { clusterArn: CLUSTER, brokers: undefined },
      { ...here(), endpoints: { KAFKA: 'http://127.0.0.1:1' } },
      'test',
    );
    if (typeof brokers !== 'function') throw new Error('they are not looked up');
    await expect(brokers()).rejects.toThrow('ECONNREFUSED');

    const later = kafkaConnection({ clusterArn: CLUSTER, brokers: undefined }, here(), 'test');
    if (typeof later.brokers !== 'function') throw new Error('they are not looked up');
    aws.answer('broken');
    await expect(later.brokers()).rejects.toThrow();
    aws.answer('well');
    expect(await later.brokers()).toEqual(BROKERS.split(','));
  });

  it('are asked for once, whoever asks', async () => {
    const { brokers } = kafkaConnection(
      { clusterArn: CLUSTER, brokers: undefined },
      here(),
      'test',
    );
    if (typeof brokers !== 'function') throw new Error('they are not looked up');
    await Promise.all([brokers(), brokers()]);
    await brokers();
    expect(aws.calls).toEqual(['GetBootstrapBrokers']);
  });
});

describe('a secret', () => {
  it('is its text as it is now', async () => {
    expect(await secretText(here(), SECRET)).toBe('of thirty-two characters and more');
    expect(aws.calls).toEqual(['GetSecretValue']);
  });

  it.each<[Mood]>([['throttled'], ['broken'], ['slow']])(
    'can not be had while the service is %s',
    async (mood) => {
      aws.answer(mood);
      const begun = performance.now();
      await expect(secretText(here(), SECRET)).rejects.toThrow(SettingUnavailable);
      expect(performance.now() - begun).toBeLessThan(2_500);
    },
  );

  it('can not be had where there is none', async () => {
    await expect(secretText(here(), `${SECRET}-other`)).rejects.toThrow(SettingUnavailable);
  });

  it('is a database user only if it says so', async () => {
    const user = { username: 'owner', password: 'p @:/' };
    aws.secrets.set('user', JSON.stringify({ ...user, engine: 'postgres' }));
    expect(await databaseUserSecret(here(), 'user')).toEqual(user);
    await expect(databaseUserSecret(here(), SECRET)).rejects.toThrow(SettingUnavailable);
  });

  it('that could not be read is read again by the next call, and then kept', async () => {
    const settings = { issuanceIdSecret: undefined, issuanceIdSecretArn: SECRET };
    aws.answer('broken');
    const identified = findIdentifiers(settings, here());
    await expect(identified()).rejects.toThrow(SettingUnavailable);
    aws.answer('well');
    await expect(identified()).resolves.toBeDefined();
    const first = await identified();
    expect(first.userKey('u')).toMatch(/^[\w-]{22}$/);
    aws.answer('broken');
    expect(await identified()).toBe(first);
  });
});

it('a function is invoked by a signed request, and its refusal is an error', async () => {
  const invoke = asynchronousInvocation(access({ LAMBDA: aws.url }), 'restore');
  // The stand-in has no functions.
  await expect(invoke({})).rejects.toThrow('lambda answered 403');
});

it('the variables of the runtime say who calls, and where', () => {
  const variables = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_ENDPOINT_URL_KAFKA: 'http://kafka',
    AWS_ENDPOINT_URL: 'http://all',
  };
  expect(awsAccess(variables)).toEqual({
    region: 'eu-west-1',
    accessKeyId: 'id',
    secretAccessKey: 'key',
    sessionToken: undefined,
    endpoints: {
      KAFKA: 'http://kafka',
      LAMBDA: 'http://all',
      SECRETS_MANAGER: 'http://all',
      SESV2: 'http://all',
      SNS: 'http://all',
    },
  });
  expect(awsAccess({ AWS_REGION: 'eu-west-1' }).endpoints).toEqual({});
});

it('a reading is shared by all who wait for it', async () => {
  let readings = 0;
  const read = readOnce(async () => {
    readings += 1;
    await Promise.resolve();
    return readings;
  });
  expect(await Promise.all([read(), read()])).toEqual([1, 1]);
});
