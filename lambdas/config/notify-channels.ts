import type { Channel } from '../domain/notification.ts';
import { CHANNELS } from '../domain/notification.ts';
import { VARIABLES } from './settings.ts';

/**
 * The channels that an environment has, each once.
 *
 * @param list `NOTIFY_CHANNELS`, comma separated; none without
 * @throws Error naming what is no channel
 */
export function readChannels(list = ''): Channel[] {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.filter((name) => !(CHANNELS as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `${VARIABLES.notifyChannels}: there is no channel ${unknown.join(', ')}; there is ${CHANNELS.join(', ')}`,
    );
  }
  return CHANNELS.filter((channel) => names.includes(channel));
}
