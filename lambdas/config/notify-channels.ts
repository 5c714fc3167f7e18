import { PlainFault } from '../domain/fault-words.ts';
import type { Channel } from '../domain/notification.ts';
import { CHANNELS } from '../domain/notification.ts';
import { VARIABLES } from './settings.ts';

/**
 * The channels that an environment has, each once.
 *
 * @param list `NOTIFY_CHANNELS`, comma separated; none without
 * @throws PlainFault when one of them is no channel
 */
export function readChannels(list = ''): Channel[] {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.some((name) => !(CHANNELS as readonly string[]).includes(name))) {
    throw new PlainFault(
      `${VARIABLES.notifyChannels} names a channel that there is not; there is ${CHANNELS.join(', ')}`,
    );
  }
  return CHANNELS.filter((channel) => names.includes(channel));
}
