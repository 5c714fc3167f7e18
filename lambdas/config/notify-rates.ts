import { PlainFault } from '../domain/fault-words.ts';
import type { DeliverySettings } from '../domain/sending-pace.ts';
import type { Channel } from '../domain/notification.ts';
import { CHANNELS } from '../domain/notification.ts';
import { VARIABLES } from './settings.ts';

/** Messages a second, whole ones: how many are taken at once is counted by them. */
export type NotifyRates = Readonly<Partial<Record<Channel, number>>>;

/** `NOTIFY_RATES`, as {@link withRates} reads it. */
export function ratesText(rates: NotifyRates): string {
  return Object.entries(rates)
    .map(([channel, perSecond]) => `${channel}=${perSecond}`)
    .join(',');
}

export function isRate(perSecond: number): boolean {
  return Number.isSafeInteger(perSecond) && perSecond > 0;
}

/**
 * Other rates than those of `limits.ts`: an account's quota for SES is its own.
 *
 * @param rates `NOTIFY_RATES`: `email=50,webhook=200`
 * @throws PlainFault when it can't be read
 */
export function withRates(settings: DeliverySettings, rates: string | undefined): DeliverySettings {
  if (rates === undefined) return settings;
  const paces = { ...settings.paces };
  for (const rate of rates.split(',')) {
    const [, name, perSecond] = /^(\w+)=(\d+)$/.exec(rate.trim()) ?? [];
    const channel = CHANNELS.find((known) => known === name);
    if (channel === undefined || !isRate(Number(perSecond))) {
      throw new PlainFault(`${VARIABLES.notifyRates} is to be like email=50,webhook=200`);
    }
    paces[channel] = faster(paces, channel, Number(perSecond));
  }
  return { ...settings, paces };
}

/** With as many at the same time as before, in proportion, up to a hundred. */
function faster(
  paces: DeliverySettings['paces'],
  channel: Channel,
  perSecond: number,
): DeliverySettings['paces'][Channel] {
  const { [channel]: pace } = paces;
  const concurrency = Math.ceil((pace.concurrency * perSecond) / pace.perSecond);
  return { ...pace, perSecond, concurrency: Math.min(100, Math.max(1, concurrency)) };
}
