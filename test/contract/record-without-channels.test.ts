import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functionLimits } from '../../lambdas/config/function-limits.ts';
import { Environment } from '../../local/lambda/environment.ts';
import { LOCAL_REGION } from '../../local/lambda/functions.ts';
import { linesOf } from '../support/functions-log.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import { claimsEvent } from '../support/log-entries.ts';
import { notificationsOf } from '../support/notified-rows.ts';
import { testServers } from '../support/servers.ts';

const WEBHOOK = {
  NOTIFY_CHANNELS: 'webhook',
  SHOP_WEBHOOK_URL: 'https://shop.example.com/hooks',
  SHOP_WEBHOOK_SECRETS: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
};

/** What somebody may have set by mistake, and what is said of it. */
const MISTAKES = [
  [
    { SHOP_WEBHOOK_URL: 'https://shop:hunter2@shop.example.com/hooks' },
    'SHOP_WEBHOOK_URL: the address has a password',
  ],
  [{ SHOP_WEBHOOK_URL: 'https://10.0.0.1/hunter2' }, 'SHOP_WEBHOOK_URL: the address is private'],
  [{ SHOP_WEBHOOK_SECRETS: '' }, 'SHOP_WEBHOOK_SECRETS or SHOP_WEBHOOK_SECRET_ARN'],
  [{ NOTIFY_CHANNELS: 'webhook,hunter2' }, 'NOTIFY_CHANNELS names a channel that there is not'],
  [{ NOTIFY_RATES: 'webhook=hunter2' }, 'NOTIFY_RATES is to be like email=50,webhook=200'],
] as const;

let rows: IssuedRows;
let directory: string;
let logFile: string;
let logDescriptor: number;
let environment: Environment;

beforeAll(async () => {
  rows = await IssuedRows.open();
});

afterAll(() => rows.close());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'coupon-record-'));
  logFile = join(directory, 'functions.log');
  logDescriptor = openSync(logFile, 'a');
});

afterEach(async () => {
  environment.kill();
  await environment.ended;
  closeSync(logDescriptor);
  await rm(directory, { recursive: true });
});

/** A function as it is deployed, in a process of its own. */
function start(
  functionName: 'record' | 'notify',
  variables: Readonly<Record<string, string>>,
): Environment {
  environment = new Environment({
    functionName,
    settings: functionLimits[functionName],
    handlerFile: join(import.meta.dirname, '../../lambdas/functions', functionName, 'index.ts'),
    variables: {
      AWS_REGION: LOCAL_REGION,
      DATABASE_URL: rows.appUrl,
      VALKEY_URL: testServers().valkeyUrl,
      ...WEBHOOK,
      ...variables,
    },
    marker: directory,
    logDescriptor,
  });
  return environment;
}

const logged = () => readFile(logFile, 'utf8');

describe.each(MISTAKES)('where somebody has set %j', (mistake, words) => {
  it('issuances are recorded, whom to tell is kept, and an error says what is wrong', async () => {
    const couponId = await rows.newCoupon({
      notifications: { users: { channels: ['webhook'], events: ['issued'] } },
    });
    const record = start('record', mistake);
    expect(await record.ready).toBeUndefined();
    const event = claimsEvent(couponId, ['anna']);
    expect(await record.run(event, 'request')).toMatchObject({ kind: 'returned' });

    const { rows: issued } = await rows.owner.query(
      'SELECT user_id FROM issuances WHERE coupon_id = $1',
      [couponId],
    );
    expect(issued).toEqual([{ user_id: 'anna' }]);
    expect(await notificationsOf(rows, couponId)).toMatchObject([
      { event: 'issued', channel: 'webhook', state: 'waiting' },
    ]);
    const log = await logged();
    expect(linesOf(log).filter(({ level }) => level === 'ERROR')).toMatchObject([
      {
        function: 'record',
        message: 'channels not opened',
        reason: expect.stringContaining(words),
      },
    ]);
    expect(log).not.toContain('hunter2');
  });

  it('notify does not start, and says the same', async () => {
    const refusal = await start('notify', mistake).ready;
    expect(refusal?.errorMessage).toContain(words);
    expect(JSON.stringify(refusal) + (await logged())).not.toContain('hunter2');
  });
});

it('where nothing is wrong the record has its channels', async () => {
  expect(await start('record', { NOTIFY_RATES: 'webhook=5' }).ready).toBeUndefined();
  expect(await logged()).toBe('');
});
