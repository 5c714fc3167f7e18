import type { AwsAccess } from '../adapters/aws/access.ts';
import { secretText } from '../adapters/aws/secrets.ts';
import { sesSender } from '../adapters/aws/ses-sender.ts';
import { snsSender } from '../adapters/aws/sns-sender.ts';
import { changingSecret, fixedSecret, type ChangingSecret } from '../adapters/changing-secret.ts';
import { httpClient, type HttpClient } from '../adapters/http-client.ts';
import { slackSender } from '../adapters/notify/slack-sender.ts';
import { userDirectory } from '../adapters/notify/user-directory.ts';
import { webhookSender } from '../adapters/notify/webhook-sender.ts';
import { urlRefusal, type Reach } from '../adapters/url-refusal.ts';
import type { FaultReport } from '../config/logger.ts';
import { readChannels } from '../config/notify-channels.ts';
import {
  VARIABLES,
  type CHANNEL_OPTIONS,
  type SettingName,
  type Settings,
} from '../config/settings.ts';
import { PlainFault } from '../domain/fault-words.ts';
import type {
  Channel,
  Language,
  NotificationSender,
  NotificationSenders,
} from '../domain/notification.ts';

export type ChannelVariables = Settings<never, (typeof CHANNEL_OPTIONS)[number]>;

export interface Channels {
  readonly senders: NotificationSenders;
  /** Those that this environment has; they are the senders'. */
  readonly channels: readonly Channel[];
}

/**
 * The channels that this environment names. What can't be read yet, such as a secret, is found out
 * by the first who sends.
 *
 * @throws PlainFault naming what is missing for a channel, or cannot be right
 */
export function openSenders(
  settings: ChannelVariables,
  aws: AwsAccess,
  onFault: FaultReport,
): Channels {
  const channels = readChannels(settings.notifyChannels);
  const { given, secret } = reading(settings, aws);
  const reach = (otherwise: Reach): HttpClient =>
    httpClient(settings.notifyStandIns === 'true' ? 'any' : otherwise);
  const address = (name: keyof ChannelVariables, otherwise: Reach): string => {
    const url = given(name);
    const refusal = urlRefusal(url, settings.notifyStandIns === 'true' ? 'any' : otherwise);
    if (refusal !== undefined) throw new PlainFault(`${VARIABLES[name]}: ${refusal}`);
    return url;
  };
  const language = languageOf(settings.operatorLanguage);

  const ways: Readonly<Record<Channel, () => NotificationSender>> = {
    email: () => {
      const token = secret('userServiceToken', 'userServiceTokenArn');
      // It may well be in the own network.
      const users = userDirectory(address('userServiceUrl', 'https'), token, reach('https'));
      const configurationSet = settings.mailConfigurationSet;
      return sesSender(aws, { from: given('mailFrom'), configurationSet }, users, ofAws(), onFault);
    },
    sns: () => snsSender(aws, { topicArn: given('snsTopicArn'), language }, ofAws(), onFault),
    slack: () =>
      slackSender(secret('slackWebhook', 'slackWebhookArn'), language, reach('public'), onFault),
    webhook: () =>
      webhookSender(
        address('shopWebhookUrl', 'public'),
        secret('shopWebhookSecrets', 'shopWebhookSecretArn'),
        reach('public'),
        () => Date.now(),
        onFault,
      ),
  };
  return {
    channels,
    senders: Object.fromEntries(channels.map((channel) => [channel, ways[channel]()])),
  };
}

/** At the addresses that the region has, or that the runtime names for them. */
function ofAws(): HttpClient {
  return httpClient('any');
}

function languageOf(text = 'en'): Language {
  if (text === 'en' || text === 'ko') return text;
  throw new PlainFault(`${VARIABLES.operatorLanguage} is to be en or ko`);
}

function reading(settings: ChannelVariables, aws: AwsAccess) {
  const missing = (...names: readonly SettingName[]): PlainFault =>
    new PlainFault(
      `missing environment variables: ${names.map((name) => VARIABLES[name]).join(' or ')}`,
    );
  const given = (name: keyof ChannelVariables): string => {
    const value = settings[name];
    if (value === undefined) throw missing(name);
    return value;
  };
  const secret = (
    name: keyof ChannelVariables,
    arnName: keyof ChannelVariables,
  ): ChangingSecret => {
    const [text, arn] = [settings[name], settings[arnName]];
    if (arn !== undefined) {
      return changingSecret(
        async () => (await secretText(aws, arn)).trim(),
        () => performance.now(),
      );
    }
    if (text === undefined) throw missing(name, arnName);
    return fixedSecret(text);
  };
  return { given, secret };
}
