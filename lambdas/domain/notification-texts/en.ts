import type { NotificationEvent, NotificationTemplate } from '../notification.ts';

/** What people read where their coupon says nothing else. Times in it are in UTC. */
export const ENGLISH: Readonly<Record<NotificationEvent, NotificationTemplate>> = {
  issued: {
    subject: 'Your coupon: {{couponName}}',
    body: `You have a coupon: {{couponName}}.

Code: {{code}}
Valid until: {{validUntil}}

Enter the code when you order. It can be used once.`,
  },
  redeemed: {
    subject: 'Your coupon was used: {{couponName}}',
    body: `Your coupon {{couponName}} was used on {{occurredAt}}.

Order: {{orderId}}

If this was not you, please write to the shop.`,
  },
  rolled_back: {
    subject: 'You can use your coupon again: {{couponName}}',
    body: `An order was taken back, so your coupon {{couponName}} can be used again.

Code: {{code}}
Valid until: {{validUntil}}`,
  },
  expiring: {
    subject: 'Your coupon ends soon: {{couponName}}',
    body: `Your coupon {{couponName}} has not been used yet.

Code: {{code}}
Valid until: {{validUntil}}`,
  },
  sold_out: {
    subject: 'Sold out: {{couponName}}',
    body: `All units of {{couponName}} are given, since {{occurredAt}}.

{{figures}}`,
  },
  gate_closed: {
    subject: 'Gate closed: {{couponName}}',
    body: `The gate of {{couponName}} is closed since {{occurredAt}}. Nobody can claim until it is built again, which takes some seconds. Nothing that was accepted is lost.

{{figures}}`,
  },
  gate_opened: {
    subject: 'Gate open again: {{couponName}}',
    body: `The gate of {{couponName}} is open again since {{occurredAt}}.

{{figures}}`,
  },
  quarantined: {
    subject: 'In quarantine: {{couponName}}',
    body: `Records of {{couponName}} can never be stored as they are. Their users have no coupon, and their units are given to nobody else. The runbook says what to do.

{{figures}}`,
  },
  summary: {
    subject: 'How it went: {{couponName}}',
    body: `The event of {{couponName}} is over.

{{figures}}`,
  },
};
