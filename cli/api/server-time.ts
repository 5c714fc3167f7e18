import type { Clock } from '../context.ts';
import type { Api } from './client.ts';

/**
 * The API's clock in milliseconds since 1970, to the second below: a coupon that starts now by a
 * clock of ours that is ahead would not be open yet. Our own clock where the API doesn't say.
 */
export async function serverTime(api: Api, clock: Clock): Promise<number> {
  const { headers } = await api.ask({ route: 'getHealth' });
  const time = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(time) ? clock.now() : time;
}
