import type { Channel } from '../domain/notification.ts';
import { CHANNELS } from '../domain/notification.ts';

/**
 * The channels that an environment has.
 *
 * @param names `NOTIFY_CHANNELS`, comma separated; none without
 * @throws Error naming what is no channel
 */
export function readChannels(names: string | undefined): Channel[] {
  return (names ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => {
      const channel = CHANNELS.find((known) => known === name);
      if (channel === undefined) throw new Error(`NOTIFY_CHANNELS: "${name}" is no channel`);
      return channel;
    });
}
