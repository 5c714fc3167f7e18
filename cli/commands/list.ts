import { readAllPages, readPage } from '../api/pages.ts';
import { readCoupon } from '../api/coupon.ts';
import { command } from '../command.ts';
import { couponTable } from '../output/coupon.ts';
import { answer } from '../output/print.ts';
import { moreLines, pageOptions } from './page-options.ts';

export const list = command({
  name: 'list',
  summary: 'lists coupons, the newest first',
  usage: '[--state STATE] [--all]',
  positionals: [0, 0],
  options: {
    state: {
      type: 'string',
      value: 'STATE',
      help: 'only scheduled, open, paused, closed or ended ones',
    },
    ...pageOptions,
  },
  examples: ['list', 'list --state open --all', 'list --limit 100 --json'],
  run: async ({ values, context, connect }) => {
    const { state, limit, cursor } = values;
    const api = await connect();
    const read = values.all ? readAllPages : readPage;
    const page = await read(api, 'listCoupons', { state, limit, cursor });
    answer(context, values.json, page, () =>
      page.items.length === 0
        ? [['There are none.']]
        : [...couponTable(page.items.map(readCoupon)), ...moreLines(page)],
    );
  },
});
