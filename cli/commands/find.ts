import { jsonOf, type Api } from '../api/client.ts';
import { readCoupon } from '../api/coupon.ts';
import { readIssuance } from '../api/issuance.ts';
import { readAllPages } from '../api/pages.ts';
import { readStats } from '../api/stats.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../failures.ts';
import { issuanceLines, unlistedLines, whyNone } from '../output/issuance.ts';
import type { Line } from '../output/line.ts';
import { answer } from '../output/print.ts';
import { visible } from '../output/text.ts';

export const find = command({
  name: 'find',
  summary: 'answers "where is my coupon?": the issuances of a user, and what their states mean',
  usage: '(--user ID [--coupon ID] | --issuance ID)',
  positionals: [0, 0],
  options: {
    user: { type: 'string', value: 'ID', help: 'whose issuances' },
    coupon: { type: 'string', value: 'ID', help: 'only of this coupon; says why there is none' },
    issuance: { type: 'string', value: 'ID', help: 'this one' },
  },
  examples: [
    'find --user alice',
    'find --user alice --coupon q1w2e3r4t5y6',
    'find --issuance q1w2e3r4t5y6_Zx8K2mQ0r7TnV4bYc1LdPw',
  ],
  run: async ({ values, context, connect }) => {
    const { user, coupon, issuance } = values;
    if ((user === undefined) === (issuance === undefined)) {
      throw new UsageError('find whose? --user or --issuance');
    }
    if (issuance !== undefined) {
      if (coupon !== undefined) throw new UsageError('--coupon goes with --user');
      const api = await connect();
      const parameters = { issuanceId: issuance };
      const json = jsonOf(await api.ask({ route: 'getIssuance', parameters }));
      answer(context, values.json, json, () => linesOf([json], context));
      return;
    }
    const api = await connect();
    const found = await readAllPages(api, 'listIssuances', { userId: user, couponId: coupon });
    const none =
      found.items.length > 0 || values.json
        ? []
        : await linesOfNone(user ?? '', coupon, api, context);
    answer(context, values.json, found, () => [...linesOf(found.items, context), ...none]);
  },
});

function linesOf(issuances: readonly unknown[], { clock }: Context): Line[] {
  return issuances.flatMap((issuance) => issuanceLines(readIssuance(issuance), clock.now()));
}

async function linesOfNone(
  user: string,
  couponId: string | undefined,
  api: Api,
  { clock }: Context,
): Promise<Line[]> {
  if (couponId === undefined) return [[`${visible(user)} has no issuance.`]];
  const parameters = { couponId };
  const reply = await api.ask({ route: 'getCoupon', parameters });
  const figures = await api.askOnce({ route: 'getCouponStats', parameters });
  const stats = readStats(figures.kind === 'answered' ? jsonOf(figures.reply) : undefined);
  return [
    [`${visible(user)} has no issuance of ${visible(couponId)}.`],
    [`  ${whyNone(readCoupon(jsonOf(reply)), clock.now())}`],
    ...unlistedLines(stats),
  ];
}
