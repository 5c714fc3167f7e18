import { describe, expect, it } from '@jest/globals';
import { notificationText } from '../../lambdas/domain/notification-text.ts';
import { figureLines } from '../../lambdas/domain/notification-values.ts';
import type { NotificationFacts } from '../../lambdas/domain/notification.ts';
import { QUARANTINE_REASONS } from '../../lambdas/domain/record-plan.ts';
import { notification } from '../support/post-office.ts';

const OF_A_SUMMARY = ['quantity', 'issued', 'redeemed', 'expired', 'revoked', 'remaining'];
const FIGURES = [...OF_A_SUMMARY, 'epoch', 'count', 'reason', ...QUARANTINE_REASONS];
const WHY_CLOSED = ['missing', 'building', 'foreign', 'drift', 'superseded'];
const REASONS = [...QUARANTINE_REASONS, ...WHY_CLOSED];

describe('what operators are told', () => {
  it.each(FIGURES)('has a label in both languages: %s', (name) => {
    const [korean] = figureLines({ [name]: 1 }, 'ko');
    expect(korean?.[0]).toMatch(/^[가-힣 ]+$/);
    const [english] = figureLines({ [name]: 1 }, 'en');
    expect(english?.[0]).toMatch(/^[a-z ]+$/);
  });

  it.each(REASONS)('gives its reason in words: %s', (reason) => {
    expect(figureLines({ reason }, 'ko')).toEqual([['사유', expect.stringMatching(/^[가-힣 ]+$/)]]);
    expect(figureLines({ reason }, 'en')).toEqual([
      ['reason', expect.stringMatching(/^[a-z]+( [a-z]+)+$/)],
    ]);
  });

  it('gives several reasons, in a text of the coupon’s own as in ours', () => {
    const figures = { count: 3, reason: 'overflow, unknown_coupon', overflow: 2 };
    const facts: NotificationFacts = { couponId: 'coupon000001', couponName: 'Day', figures };
    const templates = { quarantined: { en: { subject: '{{reason}}', body: '{{figures}}' } } };
    const told = notification('sns', { event: 'quarantined', facts, templates });
    expect(notificationText(told, { language: 'en', reader: 'others' })).toEqual({
      subject: 'more than the quantity, unknown coupon',
      body: 'count: 3\nreason: more than the quantity, unknown coupon\nmore than the quantity: 2',
    });
    expect(notificationText(told, { language: 'ko', reader: 'others' }).body).toContain(
      '건수: 3\n사유: 수량 초과, 알 수 없는 쿠폰\n수량 초과: 2',
    );
  });

  it('keeps what only another release knows', () => {
    expect(figureLines({ new_figure: 1, reason: 'new_reason' }, 'ko')).toEqual([
      ['new figure', '1'],
      ['사유', 'new reason'],
    ]);
  });
});
