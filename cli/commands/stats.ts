import { jsonOf } from '../api/client.ts';
import { readStats } from '../api/stats.ts';
import { command } from '../command.ts';
import { moment } from '../output/figures.ts';
import { toned } from '../output/line.ts';
import { answer } from '../output/print.ts';
import { statsLines, stockLines } from '../output/stats.ts';

/** Where there is no terminal to fill. */
const WIDTH = 100;

export const stats = command({
  name: 'stats',
  summary: 'shows the figures of a coupon once: given, used, refused, lag',
  usage: '<couponId>',
  positionals: [1, 1],
  options: {},
  examples: ['stats q1w2e3r4t5y6', 'stats q1w2e3r4t5y6 --json'],
  run: async ({ values, positionals: [couponId = ''], context, connect }) => {
    const api = await connect();
    const json = jsonOf(await api.ask({ route: 'getCouponStats', parameters: { couponId } }));
    const { stdout } = context;
    const width = stdout.isTerminal ? stdout.columns() : WIDTH;
    answer(context, values.json, json, () => {
      const figures = readStats(json);
      const { given, quantity, remaining, serverTime } = figures;
      return [
        [toned('strong', couponId), toned('dim', `  as of ${moment(serverTime)}`)],
        ...stockLines({ given, quantity, left: remaining }, width),
        ...statsLines(figures, width),
      ];
    });
  },
});
