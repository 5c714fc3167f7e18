import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { templateFaults } from '../../lambdas/domain/notification-template.ts';
import { htmlOf, notificationText } from '../../lambdas/domain/notification-text.ts';
import { ENGLISH } from '../../lambdas/domain/notification-texts/en.ts';
import { KOREAN } from '../../lambdas/domain/notification-texts/ko.ts';
import { timeText } from '../../lambdas/domain/notification-values.ts';
import { OPERATOR_EVENTS, USER_EVENTS } from '../../lambdas/domain/notification.ts';
import { anyName } from '../support/any-name.ts';
import { notification, operatorFacts, userFacts } from '../support/post-office.ts';

const OWNER_EN = { language: 'en', reader: 'owner' } as const;
const OWNER_KO = { language: 'ko', reader: 'owner' } as const;
const OTHERS_EN = { language: 'en', reader: 'others' } as const;

describe('a text that comes with the product', () => {
  const events = [...USER_EVENTS, ...OPERATOR_EVENTS];
  const cases = events.flatMap((event) => [
    { event, language: 'en' as const },
    { event, language: 'ko' as const },
  ]);

  it.each(cases)('has nothing wrong with it: $event in $language', ({ event, language }) => {
    expect(templateFaults({ en: ENGLISH, ko: KOREAN }[language][event])).toEqual([]);
  });

  it.each(cases)('says all that it says of: $event in $language', ({ event, language }) => {
    const isOfUser = (USER_EVENTS as readonly string[]).includes(event);
    const facts = isOfUser ? userFacts() : operatorFacts();
    const told = notification('email', { event, facts });
    const { subject, body } = notificationText(told, { language, reader: 'owner' });
    expect(subject).toContain('Opening day 5,000');
    expect(body).not.toMatch(/\{\{|\}\}|undefined/);
    const expected = isOfUser ? (event === 'redeemed' ? '29' : 'SECRET-CODE-1') : '1,000';
    expect(body).toContain(expected);
  });

  it('tells times in Seoul’s zone to Korean readers, in UTC to others, and says which', () => {
    const told = notification('email');
    expect(notificationText(told, OWNER_EN).body).toContain('29 December 2026, 14:59 UTC');
    expect(notificationText(told, OWNER_KO).body).toContain('2026년 12월 29일 23:59 (한국 시간)');
    expect(timeText(Number.POSITIVE_INFINITY, 'en')).toBe('-');
  });
});

describe('a coupon’s own text', () => {
  const templates = {
    issued: { ko: { subject: '{{ couponName }}!', body: '{{code}}\n{{nothing}}' } },
  };

  it('stands in the place of ours, in its language only', () => {
    const told = notification('email', { templates });
    expect(notificationText(told, OWNER_KO)).toEqual({
      subject: 'Opening day 5,000!',
      body: 'SECRET-CODE-1\n{{nothing}}',
    });
    expect(notificationText(told, OWNER_EN).subject).toBe('Your coupon: Opening day 5,000');
  });

  it('names the secret code in no subject, though it was once allowed', () => {
    const told = notification('email', {
      templates: { issued: { en: { subject: 'Code: {{code}}', body: 'Code: {{code}}' } } },
    });
    expect(notificationText(told, OWNER_EN)).toEqual({
      subject: 'Code:',
      body: 'Code: SECRET-CODE-1',
    });
  });

  it('names the secret code to its owner, and to nobody else', () => {
    const told = notification('webhook', {
      templates: { issued: { en: { subject: '{{code}}', body: '{{code}} of {{userId}}' } } },
    });
    expect(notificationText(told, OTHERS_EN)).toEqual({
      subject: 'coupon000001',
      body: 'of user-1',
    });
  });
});

describe('whatever a coupon is called', () => {
  it('the subject is one line, in which no reading order is turned around', () => {
    fc.assert(
      fc.property(anyName, (couponName) => {
        const told = notification('email', { facts: userFacts({ couponName }) });
        const { subject } = notificationText(told, OWNER_EN);
        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
        expect(subject.isWellFormed()).toBe(true);
        expect(Array.from(subject).length).toBeLessThanOrEqual(200);
      }),
    );
  });

  it('nothing of it is markup, and no other value appears by it', () => {
    fc.assert(
      fc.property(anyName, (couponName) => {
        const plain = (name: string): string => {
          const told = notification('email', {
            facts: userFacts({ couponName: name }),
            templates: { issued: { en: { subject: 's', body: 'a {{couponName}} b' } } },
          });
          return htmlOf(notificationText(told, OWNER_EN), 'en');
        };
        const tags = (html: string): string[] => html.match(/<[^>]*>?/g) ?? [];
        const html = plain(couponName);
        expect(tags(html)).toEqual(tags(plain('x')));
        expect(html.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toMatch(/[&'](?!#)/);
        expect(html).not.toContain('SECRET-CODE-1');
      }),
    );
  });
});
