import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsAccess } from '../../lambdas/adapters/aws/access.ts';
import { CHANNEL_OPTIONS, readSettings } from '../../lambdas/config/settings.ts';
import type {
  Channel,
  NotificationToSend,
  SendOutcome,
} from '../../lambdas/domain/notification.ts';
import { openSenders } from '../../lambdas/wiring/notification-senders.ts';
import { channelVariables } from '../../local/function-environment.ts';
import {
  startPostOffice,
  type PostOffice,
  type PostOfficeSecrets,
} from '../../local/post-office/server.ts';
import { ACCOUNT } from './aws/account.ts';
import { CleanUp } from './clean-up.ts';

export const SECRETS: PostOfficeSecrets = {
  slackPath: '/services/T0/B0/secret-of-slack',
  webhookSecret: `whsec_${Buffer.from('a key of thirty-two bytes, or so').toString('base64')}`,
  userServiceToken: 'secret-of-the-user-service',
};

/** Longer than any answer takes that comes. */
const PATIENCE_MS = 10_000;

/** A post office, and the senders that write to it as functions would. */
export class PostOfficeBench {
  readonly office: PostOffice;
  readonly file: string;
  /** What came as a fault that nobody expected. */
  readonly faults: unknown[] = [];
  readonly #cleanUp: CleanUp;

  private constructor(office: PostOffice, file: string, cleanUp: CleanUp) {
    this.office = office;
    this.file = file;
    this.#cleanUp = cleanUp;
  }

  static async start(): Promise<PostOfficeBench> {
    const cleanUp = new CleanUp();
    const folder = cleanUp.add(await mkdtemp(join(tmpdir(), 'coupon-post-')), (path) =>
      rm(path, { recursive: true }),
    );
    const file = join(folder, 'messages.jsonl');
    const office = cleanUp.add(
      await startPostOffice({ port: 0, file, secrets: SECRETS }),
      (started) => started.close(),
    );
    return new PostOfficeBench(office, file, cleanUp);
  }

  /** @param variables in place of those that lead to the post office, or besides them */
  senders(variables: Readonly<Record<string, string>> = {}) {
    const environment = {
      AWS_REGION: ACCOUNT.region,
      AWS_ACCESS_KEY_ID: ACCOUNT.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ACCOUNT.secretAccessKey,
      ...channelVariables({ addresses: this.office.addresses, secrets: SECRETS }),
      ...variables,
    };
    const settings = readSettings(environment, [], CHANNEL_OPTIONS);
    return openSenders(settings, awsAccess(environment), (what, error) => {
      this.faults.push(what, error);
    });
  }

  async send(
    notification: NotificationToSend,
    variables: Readonly<Record<string, string>> = {},
    signal = AbortSignal.timeout(PATIENCE_MS),
  ): Promise<SendOutcome> {
    const sender = this.senders(variables).senders[notification.channel];
    if (sender === undefined) throw new Error(`no channel ${notification.channel}`);
    return sender.send(notification, signal);
  }

  /** All of a channel, or of every one. */
  taken(channel?: Channel) {
    return this.office.messages(channel === undefined ? {} : { channel });
  }

  end(): Promise<void> {
    return this.#cleanUp.run();
  }
}

let last = 0;

/** With a new id, unless it is given. */
export function notification(
  channel: Channel,
  changes: Partial<NotificationToSend> = {},
): NotificationToSend {
  last += 1;
  const isOfUser = channel === 'email' || channel === 'webhook';
  return {
    id: String(last),
    channel,
    event: isOfUser ? 'issued' : 'sold_out',
    occurredAt: Date.parse('2026-11-29T03:04:05Z'),
    facts: isOfUser ? userFacts() : operatorFacts(),
    templates: undefined,
    ...changes,
  };
}

export function userFacts(changes: { userId?: string; couponName?: string } = {}) {
  const { userId = 'user-1', couponName = 'Opening day 5,000' } = changes;
  return {
    couponId: 'coupon000001',
    couponName,
    issuance: {
      id: 'coupon000001_abcdefghijklmnopqrstuv',
      userId,
      code: 'SECRET-CODE-1',
      validUntil: Date.parse('2026-12-29T14:59:59Z'),
    },
  };
}

export function operatorFacts(couponName = 'Opening day 5,000') {
  return { couponId: 'coupon000001', couponName, figures: { quantity: 1_000, redeemed: 12 } };
}
