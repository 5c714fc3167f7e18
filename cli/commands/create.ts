import { jsonOf } from '../api/client.ts';
import { readCoupon } from '../api/coupon.ts';
import { serverTime } from '../api/server-time.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { NoAnswer, UsageError } from '../failures.ts';
import { couponBody } from '../input/coupon-body.ts';
import { readText } from '../input/files.ts';
import { idempotencyKey } from '../input/idempotency-key.ts';
import { readNotifications } from '../input/notifications.ts';
import { answer, printJson } from '../output/print.ts';
import { couponLines } from '../output/coupon.ts';
import { createOptions } from './create-options.ts';

export const create = command({
  name: 'create',
  summary: 'creates a coupon and opens its gate',
  usage: '(--name … --quantity … | --file FILE) [options]',
  positionals: [0, 0],
  options: createOptions,
  notes: [
    'Times are now, +2h, +1d12h, or RFC 3339 with an offset; + counts from now for --starts, and',
    'from the start of the issue window for the others. Amounts are in the minor unit of the',
    'currency: 5000 is ₩5,000, but $50.00. Flags win over the file, which may be what show --json',
    'printed of another coupon.',
  ],
  examples: [
    'create --name "Opening day" --quantity 1000 --starts now --ends +24h --valid-days 30 --amount 5000 --currency KRW',
    'create --name "15 % off" --quantity 500 --starts 2026-11-27T09:00:00+09:00 --ends +3d --valid-until +30d --percent 15 --max-amount 10000 --currency KRW --min-order 30000',
    'create --file coupon.json --starts +10m --ends +2h',
  ],
  run: async ({ values, context, connect }) => {
    const template = await readTemplate(values.file, context);
    const notifications = await readNotifications(values.notifications, context);
    const bodyAt = (now: number): Readonly<Record<string, unknown>> => ({
      ...couponBody(values, template, now),
      // What is null would be no choice for a coupon that is new.
      ...(notifications === undefined ? {} : { notifications: notifications ?? undefined }),
    });
    // Before anybody is asked: what makes no sense by our clock makes none by the API's either.
    let body = bodyAt(context.clock.now());
    if (values['dry-run']) {
      printJson(context.stdout, body);
      return;
    }
    const key = idempotencyKey(values['idempotency-key']);
    const api = await connect();
    const times = [values.starts, values.ends, values['valid-from'], values['valid-until']];
    if (times.some((time) => time === 'now' || time?.startsWith('+'))) {
      body = bodyAt(await serverTime(api, context.clock));
    }
    const reply = await api
      .ask({ route: 'createCoupon', body, idempotencyKey: key })
      .catch((error: unknown) => {
        throw error instanceof NoAnswer ? error.advising(adviceFor(key)) : error;
      });
    const json = jsonOf(reply);
    answer(context, values.json, json, () => couponLines(readCoupon(json), context.clock.now()));
  },
});

async function readTemplate(file: string | undefined, context: Context): Promise<unknown> {
  if (file === undefined) return undefined;
  const text = await readText('--file', file, context);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`--file ${file} is not JSON`);
  }
}

function adviceFor(key: string): string {
  return (
    'Whether the coupon exists is not known. The same command with ' +
    `--idempotency-key ${key} creates it once, whatever has happened.`
  );
}
