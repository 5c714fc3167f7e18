import { jsonOf } from '../api/client.ts';
import { readCoupon } from '../api/coupon.ts';
import { serverTime } from '../api/server-time.ts';
import { command } from '../command.ts';
import { UsageError } from '../failures.ts';
import { readNotifications } from '../input/notifications.ts';
import { wholeNumber } from '../input/numbers.ts';
import { parseTime } from '../input/times.ts';
import { couponLines } from '../output/coupon.ts';
import { answer } from '../output/print.ts';

export const change = command({
  name: 'change',
  summary:
    'changes quantity, end of the issue window, name, description or notifications of a coupon',
  usage:
    '<couponId> [--quantity N] [--ends TIME] [--name TEXT] [--description TEXT] [--notifications FILE]',
  positionals: [1, 1],
  options: {
    quantity: {
      type: 'string',
      value: 'N',
      help: 'the new total: more, or less down to what is given',
    },
    ends: {
      type: 'string',
      value: 'TIME',
      help: '+2h (from now) or RFC 3339; close ends it at once',
    },
    name: { type: 'string', value: 'TEXT', help: 'what shoppers see' },
    description: { type: 'string', value: 'TEXT', help: 'more of it' },
    notifications: {
      type: 'string',
      value: 'FILE',
      help: 'who is told what, as JSON and as a whole; none for nobody',
    },
  },
  examples: ['change q1w2e3r4t5y6 --quantity 1500', 'change q1w2e3r4t5y6 --ends +2h'],
  run: async ({ values, positionals: [couponId = ''], context, connect }) => {
    const { quantity, ends, name, description } = values;
    const given = [quantity, ends, name, description, values.notifications];
    if (given.every((value) => value === undefined)) {
      throw new UsageError(
        'change what? --quantity, --ends, --name, --description or --notifications',
      );
    }
    if (quantity?.startsWith('+')) {
      throw new UsageError(
        '--quantity is the new total: a difference, sent again, would add twice',
      );
    }
    const units =
      quantity === undefined ? undefined : wholeNumber('--quantity', quantity, { least: 1 });
    const endsAt = (now: number): string | undefined =>
      ends === undefined ? undefined : new Date(parseTime('--ends', ends, { now })).toISOString();
    const notifications = await readNotifications(values.notifications, context);
    const isAbsolute = ends !== 'now' && ends?.startsWith('+') !== true;
    const ownEnd = endsAt(context.clock.now());
    const api = await connect();
    const issueEndsAt = isAbsolute ? ownEnd : endsAt(await serverTime(api, context.clock));
    // What is undefined JSON leaves out.
    const body = { name, description, quantity: units, issueEndsAt, notifications };
    const reply = await api.ask({ route: 'changeCoupon', parameters: { couponId }, body });
    const json = jsonOf(reply);
    answer(context, values.json, json, () => couponLines(readCoupon(json), context.clock.now()));
  },
});
