import {
  ContactUnusable,
  DirectoryUnavailable,
  type NotificationSender,
  type NotificationToSend,
  type SendOutcome,
  type UserContact,
  type UserDirectory,
} from '../../domain/notification.ts';
import { htmlOf, notificationText } from '../../domain/notification-text.ts';
import type { HttpAnswer, HttpClient } from '../http-client.ts';
import { failed, outcomeOfAttempt, rejected, SENT, type FaultReport } from '../send-outcomes.ts';
import type { AwsAccess } from './access.ts';
import { signedAnswer } from './signed-answer.ts';

export interface SesSettings {
  /** An address that SES has verified, or of a domain that it has. */
  readonly from: string;
  readonly configurationSet?: string | undefined;
}

/** E-mail to the owner of an issuance, by SES (version 2 of its API). */
export function sesSender(
  access: AwsAccess,
  { from, configurationSet }: SesSettings,
  directory: UserDirectory,
  http: HttpClient,
  onFault: FaultReport,
): NotificationSender {
  const endpoint = access.endpoints.SESV2 ?? `https://email.${access.region}.amazonaws.com`;
  const url = `${endpoint}/v2/email/outbound-emails`;

  const sendTo = async (
    contact: UserContact,
    notification: NotificationToSend,
    signal: AbortSignal,
  ): Promise<SendOutcome> => {
    const { language } = contact;
    const text = notificationText(notification, { language, reader: 'owner' });
    const body = JSON.stringify({
      FromEmailAddress: from,
      Destination: { ToAddresses: [contact.email] },
      Content: {
        Simple: {
          Subject: utf8(text.subject),
          Body: { Text: utf8(text.body), Html: utf8(htmlOf(text, language)) },
        },
      },
      // SES takes the same message twice: by these a repetition is found in its events.
      EmailTags: [
        { Name: 'notification', Value: tagValue(notification.id) },
        { Name: 'event', Value: notification.event },
      ],
      ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
    });
    const call = { service: 'ses', url, contentType: 'application/json', body };
    return outcomeOf(await signedAnswer(http, access, call, signal));
  };

  const attempt = async (
    notification: NotificationToSend,
    signal: AbortSignal,
  ): Promise<SendOutcome> => {
    const { issuance } = notification.facts;
    if (issuance === undefined) return { kind: 'nobody', reason: 'no user' };
    try {
      const contact = await directory.find(issuance.userId, signal);
      if (contact === undefined) return { kind: 'nobody', reason: 'no address' };
      return await sendTo(contact, notification, signal);
    } catch (error) {
      if (error instanceof DirectoryUnavailable) return failed(error.message);
      // Of one user: SES was not asked, and goes on being used for the others.
      if (error instanceof ContactUnusable) return { ...rejected(error.message), isUnasked: true };
      throw error;
    }
  };
  return {
    send: (notification, signal) =>
      outcomeOfAttempt(() => attempt(notification, signal), 'e-mail', onFault),
  };
}

function utf8(text: string): { readonly Data: string; readonly Charset: string } {
  return { Data: text, Charset: 'UTF-8' };
}

/** SES takes no other characters. */
function tagValue(text: string): string {
  return text.replace(/[^\w-]/g, '_').slice(0, 256);
}

/** Refusals of this very message; those of the account are an operator's matter, and pass. */
const OF_THE_MESSAGE: ReadonlySet<string> = new Set(['MessageRejected', 'BadRequestException']);
/**
 * A sender that is not verified, or any recipient while the account is in the sandbox, is a
 * `MessageRejected`, too: "Email address is not verified. The following identities failed the check".
 */
const OF_THE_ACCOUNT = /not verified/i;
/** SES says to wait for up to ten minutes when the quota of a day is used up. */
const QUOTA_PAUSE_MS = 10 * 60 * 1000;

function outcomeOf(answer: HttpAnswer): SendOutcome {
  const { status, text } = answer;
  if (status === 200) return SENT;
  const kind = errorKind(answer);
  const reason = `SES answered ${status}${kind === '' ? '' : ` ${kind}`}`;
  if (OF_THE_ACCOUNT.test(text)) return failed(`${reason}: not verified`, answer);
  if (OF_THE_MESSAGE.has(kind)) return rejected(reason);
  if (/daily/i.test(text)) return { kind: 'failed', reason, retryAfterMs: QUOTA_PAUSE_MS };
  return failed(reason, answer);
}

/** `TooManyRequestsException`, of the header or the body. */
function errorKind({ headers, text }: HttpAnswer): string {
  const named = headers['x-amzn-errortype'] ?? /"(?:__type|code)"\s*:\s*"([^"]*)"/.exec(text)?.[1];
  // Some have a namespace before it, and an address after it.
  return /(?:^|#)(\w{1,80})(?:$|:)/.exec(String(named ?? ''))?.[1] ?? '';
}
