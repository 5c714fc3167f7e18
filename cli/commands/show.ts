import { jsonOf } from '../api/client.ts';
import { readCoupon } from '../api/coupon.ts';
import { command } from '../command.ts';
import { couponLines } from '../output/coupon.ts';
import { answer } from '../output/print.ts';

export const show = command({
  name: 'show',
  summary: 'shows a coupon',
  usage: '<couponId>',
  positionals: [1, 1],
  options: {},
  examples: ['show q1w2e3r4t5y6', 'show q1w2e3r4t5y6 --json'],
  run: async ({ values, positionals: [couponId = ''], context, connect }) => {
    const api = await connect();
    const json = jsonOf(await api.ask({ route: 'getCoupon', parameters: { couponId } }));
    answer(context, values.json, json, () => couponLines(readCoupon(json), context.clock.now()));
  },
});
