import { jsonOf, type Api } from '../api/client.ts';
import { readQuarantined } from '../api/operations.ts';
import { readAllPages, readPage } from '../api/pages.ts';
import { command } from '../command.ts';
import { UsageError } from '../failures.ts';
import { moment, UNKNOWN } from '../output/figures.ts';
import { table, toned, type Line } from '../output/line.ts';
import { answer } from '../output/print.ts';
import { visible } from '../output/text.ts';
import { moreLines, pageOptions } from './page-options.ts';

export const quarantine = command({
  name: 'quarantine',
  summary: 'lists records that can never be stored, and why; discards one',
  usage: '[--reason REASON] [--discarded] [--all] | discard <quarantineId>',
  positionals: [0, 2],
  options: {
    reason: {
      type: 'string',
      value: 'REASON',
      help: 'only malformed, unknown_coupon, overflow or conflict',
    },
    discarded: { type: 'boolean', help: 'those that were discarded, instead' },
    ...pageOptions,
  },
  notes: [
    'A record in quarantine never becomes an issuance: whom it was of claims again. Discard it when',
    'its cause is known; it stays readable.',
  ],
  examples: ['quarantine', 'quarantine --all --json', 'quarantine discard 42'],
  run: async ({ values, positionals: [verb, quarantineId], context, connect }) => {
    if (verb !== undefined) {
      if (verb !== 'discard') throw new UsageError(`quarantine can discard, not "${verb}"`);
      if (quarantineId === undefined) throw new UsageError('quarantine discard which?');
      const json = await discard(await connect(), quarantineId);
      answer(context, values.json, json, () => [[`Discarded: ${visible(quarantineId)}`]]);
      return;
    }
    const { reason, limit, cursor } = values;
    const discarded = values.discarded ? 'true' : undefined;
    const api = await connect();
    const read = values.all ? readAllPages : readPage;
    const page = await read(api, 'listQuarantine', { reason, discarded, limit, cursor });
    answer(context, values.json, page, () => [...linesOf(page.items), ...moreLines(page)]);
  },
});

async function discard(api: Api, quarantineId: string): Promise<unknown> {
  const reply = await api.ask({ route: 'discardQuarantined', parameters: { quarantineId } });
  return reply.text === '' ? null : jsonOf(reply);
}

function linesOf(items: readonly unknown[]): Line[] {
  if (items.length === 0) return [['Nothing is in quarantine.']];
  const head = ['id', 'since', 'reason', 'coupon', 'record', 'detail'];
  return table([
    head.map((name) => toned('dim', name)),
    ...items
      .map(readQuarantined)
      .map((entry) => [
        toned('strong', entry.id ?? UNKNOWN),
        moment(entry.createdAt),
        `${entry.reason ?? UNKNOWN}${entry.discardedAt === null ? '' : ' (discarded)'}`,
        entry.couponId ?? UNKNOWN,
        `${entry.topic ?? UNKNOWN}[${entry.partition ?? UNKNOWN}] ${entry.offset ?? UNKNOWN}`,
        entry.detail ?? UNKNOWN,
      ]),
  ]);
}
