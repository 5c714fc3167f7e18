import { readAuditEntry } from '../api/operations.ts';
import { readAllPages, readPage } from '../api/pages.ts';
import { fieldsOf } from '../api/tolerant.ts';
import { command } from '../command.ts';
import { moment, UNKNOWN } from '../output/figures.ts';
import { table, toned, type Line } from '../output/line.ts';
import { answer } from '../output/print.ts';
import { visible } from '../output/text.ts';
import { moreLines, pageOptions } from './page-options.ts';

export const audit = command({
  name: 'audit',
  summary: 'lists who did what, the newest first',
  usage: '[--coupon ID] [--actor ID] [--all]',
  positionals: [0, 0],
  options: {
    coupon: { type: 'string', value: 'ID', help: 'only about this coupon' },
    actor: { type: 'string', value: 'ID', help: 'only by this operator or service' },
    ...pageOptions,
  },
  examples: ['audit', 'audit --coupon q1w2e3r4t5y6 --all'],
  run: async ({ values, context, connect }) => {
    const { coupon, actor, limit, cursor } = values;
    const api = await connect();
    const read = values.all ? readAllPages : readPage;
    const page = await read(api, 'listAudit', { couponId: coupon, actor, limit, cursor });
    answer(context, values.json, page, () =>
      page.items.length === 0
        ? [['There are no entries.']]
        : [...table(page.items.map(lineOf)), ...moreLines(page)],
    );
  },
});

function lineOf(item: unknown): Line {
  const { at, actor, action, couponId, subject, details } = readAuditEntry(item);
  return [
    toned('dim', moment(at)),
    actor ?? UNKNOWN,
    toned('strong', action ?? UNKNOWN),
    couponId ?? UNKNOWN,
    [subject ?? '', visible(detailsText(details ?? {}))].filter((text) => text !== '').join(' '),
  ];
}

/** `quantity 5 → 10` of what changed, the rest as it came. */
function detailsText({ before, after, ...rest }: Readonly<Record<string, unknown>>): string {
  const [old, current] = [fieldsOf(before), fieldsOf(after)];
  const names = new Set([...Object.keys(old), ...Object.keys(current)]);
  return [
    ...[...names].map((name) => `${name} ${written(old[name])} → ${written(current[name])}`),
    ...Object.entries(rest).map(([name, value]) => `${name} ${written(value)}`),
  ].join(', ');
}

function written(value: unknown): string {
  return value === undefined ? UNKNOWN : JSON.stringify(value);
}
