import { createHmac } from 'node:crypto';
import { SettingUnavailable } from '../../domain/ports.ts';

const PREFIX = 'whsec_';
/** As the specification of Standard Webhooks has it. Bytes. */
const KEY_BYTES = { least: 24, most: 64 } as const;

/**
 * The keys of a secret's text: one `whsec_<base64>`, or several with spaces between them while they
 * are rotated.
 *
 * @throws SettingUnavailable when it is none
 */
export function webhookKeys(text: string): readonly Buffer[] {
  const keys = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(webhookKey);
  if (keys.length === 0) throw new SettingUnavailable('there is no secret to sign with');
  return keys;
}

function webhookKey(text: string): Buffer {
  const key = Buffer.from(text.slice(PREFIX.length), 'base64');
  const isKey = text.startsWith(PREFIX) && /^[A-Za-z0-9+/]+=*$/.test(text.slice(PREFIX.length));
  if (!isKey || key.length < KEY_BYTES.least || key.length > KEY_BYTES.most) {
    throw new SettingUnavailable('a secret to sign with is not whsec_<base64 of 24 to 64 bytes>');
  }
  return key;
}

/**
 * The headers that say who sends it, and when: of the body exactly as it is sent.
 *
 * @param id the same at each attempt
 * @param now milliseconds since 1970, of this attempt
 */
export function webhookHeaders(
  keys: readonly Buffer[],
  id: string,
  body: string,
  now: number,
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1_000));
  const signatures = keys.map((key) => {
    const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`);
    return `v1,${hmac.digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
