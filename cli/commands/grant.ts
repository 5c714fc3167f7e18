import { jsonOf, type Api } from '../api/client.ts';
import { grantBody, readGrant } from '../api/grant.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { NoAnswer, UsageError } from '../failures.ts';
import { readText } from '../input/files.ts';
import { idempotencyKey } from '../input/idempotency-key.ts';
import { MAX_USERS, readUserList, splitUsers } from '../input/user-list.ts';
import { counted, figure } from '../output/figures.ts';
import { grantLines, totalOf } from '../output/grant.ts';
import { answer } from '../output/print.ts';
import { followGrants } from '../watch/follow-grants.ts';

export const grant = command({
  name: 'grant',
  summary: 'issues a coupon to a list of users',
  usage: '(<couponId> --users FILE [--no-wait] | --job ID)',
  positionals: [0, 1],
  options: {
    users: {
      type: 'string',
      value: 'FILE',
      help: 'one user id a line, # for comments; - reads the standard input',
    },
    job: { type: 'string', value: 'ID', help: 'follow a grant that was begun before' },
    'no-wait': { type: 'boolean', help: 'do not follow it' },
    'idempotency-key': {
      type: 'string',
      value: 'KEY',
      help: 'to go on with a list whose outcome was not known',
    },
  },
  notes: [
    `A list of more than ${figure(MAX_USERS)} users becomes several grants. Who is named twice gets`,
    'one. The grants go on by themselves: Ctrl-C ends the view only. While the coupon is paused or',
    'has not begun they wait.',
  ],
  examples: [
    'grant q1w2e3r4t5y6 --users vips.txt',
    'sort -u *.txt | npm run -s coupon -- grant q1w2e3r4t5y6 --users -',
    'grant --job 01JD8ZK3V9',
  ],
  run: async ({ values, positionals: [couponId], context, connect }) => {
    const { users, job, json, 'no-wait': noWait } = values;
    if (job !== undefined) {
      if ((couponId ?? users) !== undefined) throw new UsageError('--job goes alone');
      const api = await connect();
      const [last] = await followed([await readJob(api, job)], noWait, api, context);
      answer(context, json, last, () => grantLines([readGrant(last)]));
      return;
    }
    if (couponId === undefined || users === undefined) {
      throw new UsageError('grant what to whom? <couponId> --users FILE');
    }
    const parts = await readParts(users, context);
    const key = idempotencyKey(values['idempotency-key']);
    const api = await connect();
    const begun = await beginGrants(api, couponId, parts, key, context);
    const last = await followed(begun, noWait, api, context);
    answer(context, json, { items: last }, () => grantLines(last.map(readGrant)));
  },
});

async function readParts(file: string, context: Context): Promise<string[][]> {
  const { users, repeated } = readUserList(await readText('--users', file, context));
  if (users.length === 0) throw new UsageError(`--users ${file} names nobody`);
  const parts = splitUsers(users, (part) => JSON.stringify(grantBody(part)));
  const again = repeated === 0 ? '' : ` (${counted(repeated, 'repeated line')} left out)`;
  const jobs = parts.length === 1 ? '' : `, in ${figure(parts.length)} grants`;
  context.stderr.write(`${counted(users.length, 'user')}${again}${jobs}\n`);
  return parts;
}

/** The parts' keys follow from one: begun again with it, each part is the grant that it was. */
async function beginGrants(
  api: Api,
  couponId: string,
  parts: readonly (readonly string[])[],
  key: string,
  { stderr }: Context,
): Promise<unknown[]> {
  const begun: unknown[] = [];
  try {
    for (const [i, part] of parts.entries()) {
      const reply = await api.ask({
        route: 'createGrant',
        parameters: { couponId },
        body: grantBody(part),
        idempotencyKey: `${key}-${i + 1}`,
      });
      begun.push(jsonOf(reply));
    }
    return begun;
  } catch (error) {
    const ids = begun.map((grantJson) => readGrant(grantJson).id).join(', ');
    if (begun.length > 0) stderr.write(`begun before that: ${ids}\n`);
    throw error instanceof NoAnswer ? error.advising(adviceFor(key)) : error;
  }
}

function adviceFor(key: string): string {
  return `The same command with --idempotency-key ${key} goes on; nobody gets a second one by it.`;
}

async function readJob(api: Api, grantId: string): Promise<unknown> {
  return jsonOf(await api.ask({ route: 'getGrant', parameters: { grantId } }));
}

async function followed(
  begun: readonly unknown[],
  noWait: boolean,
  api: Api,
  context: Context,
): Promise<readonly unknown[]> {
  if (noWait) return begun;
  const ids = begun.map((grantJson) => readGrant(grantJson).id ?? '');
  return followGrants(
    begun,
    (grantId) => readJob(api, grantId),
    context,
    (grants) => {
      const { total, pending } = totalOf(grants.map(readGrant));
      return `${figure((total ?? 0) - (pending ?? 0))} of ${figure(total)} done`;
    },
  ).catch((error: unknown) => {
    const advice = ids.map((id) => `grant --job ${id}`).join(', ');
    throw error instanceof NoAnswer
      ? error.advising(`The grants go on by themselves; see them with ${advice}.`)
      : error;
  });
}
