import { describe, expect, it } from '@jest/globals';
import { templateFaults } from '../../lambdas/domain/notification-template.ts';
import { PLACEHOLDERS } from '../../lambdas/domain/notification-values.ts';
import type { NotificationTemplate } from '../../lambdas/domain/notification.ts';

describe('a coupon’s own text', () => {
  it.each([
    [
      'nothing',
      { subject: '', body: '  ' },
      ['subject: Must not be empty.', 'body: Must not be empty.'],
    ],
    ...['\n', '\u0085', '\u007F', '\u2028'].map((end): [string, NotificationTemplate, string[]] => [
      `two lines, by ${JSON.stringify(end)}`,
      { subject: `a${end}b`, body: `c${end}d` },
      ['subject: Must be one line.'],
    ]),
    [
      'braces around a name',
      { subject: '{{{count}}}', body: '{{{{code}}}}' },
      ['body: A placeholder is not written as {{name}}.'],
    ],
    [
      'a long subject',
      { subject: 'a'.repeat(201), body: '🎉'.repeat(4_000) },
      ['subject: Must have at most 200 characters.'],
    ],
    [
      'a long body',
      { subject: 'a', body: 'b'.repeat(4_001) },
      ['body: Must have at most 4000 characters.'],
    ],
    [
      'names that there are not',
      { subject: '{{cupon}}', body: '{{constructor}} {{}} {{cupon}}' },
      [
        'subject: There is no placeholder {{cupon}}.',
        'body: There is no placeholder {{constructor}}.',
        'body: There is no placeholder {{}}.',
        'body: There is no placeholder {{cupon}}.',
      ],
    ],
    [
      'braces left open',
      { subject: '{{code', body: 'code}}' },
      ['subject', 'body'].map((field) => `${field}: A placeholder is not written as {{name}}.`),
    ],
    [
      'a name of two words',
      { subject: '{{coupon Name}}', body: '{{{code}}}' },
      ['subject: A placeholder is not written as {{name}}.'],
    ],
    [
      'the secret code in a subject',
      { subject: '{{ code }}: {{couponName}} {{code}}', body: '{{code}}' },
      ['subject: Must not name the secret {{code}}.'],
    ],
    [
      'nothing, of all names',
      { subject: '{couponName}', body: PLACEHOLDERS.map((name) => `{{${name}}}`).join(' ') },
      [],
    ],
  ])('is told all that is wrong with it: %s', (_what, template, expected) => {
    const faults = templateFaults(template).map(({ field, en }) => `${field}: ${en}`);
    expect(faults).toEqual(expected);
    for (const { ko } of templateFaults(template)) expect(ko).toMatch(/[가-힣]/);
  });
});
