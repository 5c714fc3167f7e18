import { jsonOf, type Api } from '../api/client.ts';
import { readNotification } from '../api/notification.ts';
import { readAllPages, readPage } from '../api/pages.ts';
import { command } from '../command.ts';
import { UsageError } from '../failures.ts';
import { counted, figure, moment, UNKNOWN } from '../output/figures.ts';
import { table, toned, type Line } from '../output/line.ts';
import { answer } from '../output/print.ts';
import { visible } from '../output/text.ts';
import { moreLines, pageOptions } from './page-options.ts';

export const notifications = command({
  name: 'notifications',
  summary: 'lists what could not be told, or waits, or was told; replays or discards it',
  usage:
    '[--state STATE] [--channel CHANNEL] [--coupon ID] [--all] | replay (<id> | --all) | discard <id>',
  positionals: [0, 2],
  options: {
    state: {
      type: 'string',
      value: 'STATE',
      help: 'parked (unless told), waiting, sent, nobody or discarded',
    },
    channel: { type: 'string', value: 'CHANNEL', help: 'only email, sns, slack or webhook' },
    coupon: { type: 'string', value: 'ID', help: 'only of this coupon' },
    ...pageOptions,
  },
  notes: [
    'What is parked was given up after its last try, or refused for good. replay sends it as if it',
    'were new; replay --all does so with all that are parked, of --channel and --coupon if they are',
    'given. What was sent is never sent again.',
  ],
  examples: [
    'notifications',
    'notifications --state waiting --channel email',
    'notifications replay 4211',
    'notifications replay --all --channel slack',
    'notifications discard 4211',
  ],
  run: async ({ values, positionals: [verb, notificationId], context, connect }) => {
    const { state, channel, coupon: couponId, limit, cursor } = values;
    if (verb === undefined) {
      const api = await connect();
      const read = values.all ? readAllPages : readPage;
      const query = { state, channel, couponId, limit, cursor };
      const page = await read(api, 'listNotifications', query);
      answer(context, values.json, page, () => [...linesOf(page.items), ...moreLines(page)]);
      return;
    }
    if (verb !== 'replay' && verb !== 'discard') {
      throw new UsageError(`notifications can replay and discard, not "${verb}"`);
    }
    if (notificationId !== undefined) {
      const json = await decide(await connect(), verb, notificationId);
      const done = verb === 'replay' ? 'Replayed' : 'Discarded';
      answer(context, values.json, json, () => [[`${done}: ${visible(notificationId)}`]]);
      return;
    }
    if (verb === 'discard' || !values.all) throw new UsageError(`notifications ${verb} which?`);
    const replayed = await replayAll(await connect(), { channel, couponId });
    answer(context, values.json, { replayed }, () => [
      [`Replayed: ${counted(replayed.length, 'notification')}`],
    ]);
  },
});

async function decide(api: Api, verb: 'replay' | 'discard', id: string): Promise<unknown> {
  const route = verb === 'replay' ? 'replayNotification' : 'discardNotification';
  return jsonOf(await api.ask({ route, parameters: { notificationId: id } }));
}

/** All that are parked now; what is parked again meanwhile is not among them. */
async function replayAll(
  api: Api,
  filter: { readonly channel: string | undefined; readonly couponId: string | undefined },
): Promise<string[]> {
  const page = await readAllPages(api, 'listNotifications', { state: 'parked', ...filter });
  const ids = page.items.map(readNotification).flatMap(({ id }) => id ?? []);
  for (const id of ids) await decide(api, 'replay', id);
  return ids;
}

function linesOf(items: readonly unknown[]): Line[] {
  if (items.length === 0) return [['There are none.']];
  const head = ['id', 'since', 'event', 'channel', 'state', 'tries', 'coupon', 'next', 'reason'];
  return table([
    head.map((name) => toned('dim', name)),
    ...items
      .map(readNotification)
      .map((entry) => [
        toned('strong', entry.id ?? UNKNOWN),
        moment(entry.occurredAt),
        entry.event ?? UNKNOWN,
        entry.channel ?? UNKNOWN,
        entry.state ?? UNKNOWN,
        figure(entry.tries),
        entry.couponId ?? UNKNOWN,
        entry.state === 'waiting' ? moment(entry.dueAt) : '',
        entry.reason ?? '',
      ]),
  ]);
}
