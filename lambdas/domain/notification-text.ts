import type { NotificationTemplate } from './notification.ts';

/** Something that is wrong with a template, in both languages of the API. */
export interface TemplateFault {
  readonly field: keyof NotificationTemplate;
  readonly en: string;
  readonly ko: string;
}

const NAMES = new Set(
  [
    'couponId couponName occurredAt issuanceId userId code validUntil orderId figures quantity',
    'issued redeemed expired revoked remaining count reason',
  ].flatMap((line) => line.split(' ')),
);

/** All that is wrong with a template; nothing if it can be used. */
export function templateFaults(template: NotificationTemplate): readonly TemplateFault[] {
  return (['subject', 'body'] as const).flatMap((field) =>
    Array.from(template[field].matchAll(/\{\{\s*(.*?)\s*\}\}/g), ([, name = '']) => name)
      .filter((name) => !NAMES.has(name))
      .map((name) => ({
        field,
        en: `There is no placeholder {{${name}}}.`,
        ko: `{{${name}}} 자리표시자는 없습니다.`,
      })),
  );
}
