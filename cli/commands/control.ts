import { jsonOf, type Api } from '../api/client.ts';
import { readCoupon } from '../api/coupon.ts';
import { command } from '../command.ts';
import { confirmed } from '../input/confirm.ts';
import { figure } from '../output/figures.ts';
import { titleOf } from '../output/coupon.ts';
import { answer } from '../output/print.ts';

export const pause = command({
  name: 'pause',
  summary: 'stops a coupon from being issued, until it is resumed',
  usage: '<couponId>',
  positionals: [1, 1],
  options: {},
  notes: ['The gate obeys within a second. Who has one keeps it and can use it.'],
  examples: ['pause q1w2e3r4t5y6'],
  run: async ({ values, positionals: [couponId = ''], context, connect }) => {
    const json = await steer(await connect(), 'pauseCoupon', couponId);
    answer(context, values.json, json, () => [titleOf(readCoupon(json))]);
  },
});

export const resume = command({
  name: 'resume',
  summary: 'has a paused coupon issued again',
  usage: '<couponId>',
  positionals: [1, 1],
  options: {},
  examples: ['resume q1w2e3r4t5y6'],
  run: async ({ values, positionals: [couponId = ''], context, connect }) => {
    const json = await steer(await connect(), 'resumeCoupon', couponId);
    answer(context, values.json, json, () => [titleOf(readCoupon(json))]);
  },
});

export const close = command({
  name: 'close',
  summary: 'ends the issue of a coupon for good',
  usage: '<couponId> [--yes]',
  positionals: [1, 1],
  options: { yes: { type: 'boolean', help: 'do not ask' } },
  notes: [
    'A closed coupon is never issued again. Who has one keeps it and can use it. It asks on the',
    'terminal first; without one it needs --yes.',
  ],
  examples: ['close q1w2e3r4t5y6', 'close q1w2e3r4t5y6 --yes'],
  run: async ({ values, positionals: [couponId = ''], context, connect }) => {
    const api = await connect();
    if (!values.yes) {
      const read = await api.ask({ route: 'getCoupon', parameters: { couponId } });
      const { id, name, state, remaining } = readCoupon(jsonOf(read));
      const what = `${id ?? couponId} "${name ?? ''}" (${state ?? ''}, ${figure(remaining)} left)`;
      await confirmed(`Close ${what} for good?`, context);
    }
    const json = await steer(api, 'closeCoupon', couponId);
    answer(context, values.json, json, () => [titleOf(readCoupon(json))]);
  },
});

async function steer(
  api: Api,
  route: 'pauseCoupon' | 'resumeCoupon' | 'closeCoupon',
  couponId: string,
): Promise<unknown> {
  return jsonOf(await api.ask({ route, parameters: { couponId } }));
}
