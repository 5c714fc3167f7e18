import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { repositoryRoot } from '../../local/state.ts';
import { ALARMS, sectionOf } from '../../lib/monitoring/alarms.ts';
import type { FaultRow, RowReport } from './bench/row.ts';
import { defences } from './defences/defences.ts';
import { allRows } from './matrix.ts';

const tableFile = join(repositoryRoot, 'docs', 'faults.md');

/** Writes `docs/faults.md` from the reports of a complete run. */
export async function writeTable(reports: ReadonlyMap<string, RowReport>): Promise<void> {
  const rows = allRows.map(({ id }) => {
    const report = reports.get(id);
    if (report === undefined) throw new Error(`row ${id} has no report`);
    return lineOf(report);
  });
  const dates = [...reports.values()].map(({ date }) => date.slice(0, 10)).toSorted();
  const withoutDefence = allRows.flatMap(({ id }) =>
    defences.filter(({ row }) => row === id).map(({ bug }) => `| ${id} | ${bug.name} |`),
  );
  const rings = allRows.map(({ id, rings: alarms }) => `| ${id} | ${ringingOf(alarms)} |`);
  const text = `# What was broken, and what became of it

Written by \`npm run faults\` from its last complete run (${dates.at(-1) ?? ''}), on one machine of two cores that runs everything, the load too. Each row breaks something real while users claim one coupon; afterwards the invariants are counted in PostgreSQL, Kafka and Valkey over all that the users were told. A row fails when one of them is broken, when the injection hit nothing, when an answer is not in the API's document or not one the row allows, when a request waits longer than 5 s, when claims are not answered definitely again within 30 s of the heal, when the log does not say what it should, or when an alarm that should ring does not.

- **hit**: requests, replies or processes that were in flight when it struck
- **answers**: to claims during the row; \`503\` asks to come back, and whoever did got what was theirs
- **longest**: the longest that any of them waited
- **recovery**: from the heal until no claim was told to come back any more
- **counted**: how many things the invariants looked at: none was found broken

| row | what is broken | how | hit | answers | longest | recovery | counted |
| --- | --- | --- | --: | --- | --: | --: | --: |
${rows.join('\n')}

## What each row fails without

A row that can't fail proves nothing. \`npm run defences\` takes the defence of each out, in a copy of the checkout, and the row must fail: by an invariant that is broken, an answer it does not allow, a wait or a recovery that is too long.

| row | it fails when |
| --- | --- |
${withoutDefence.join('\n')}

## Which alarms ring

The [alarms](../lib/monitoring/alarms.ts) are judged on what is measured during each row, as CloudWatch would judge it; the row fails when one of these does not ring, or when one rings where none should. [The runbook](runbook.md) has a section for each of them.

| row | alarms, or why none |
| --- | --- |
${rings.join('\n')}
`;
  await writeFile(tableFile, await format(text, { parser: 'markdown' }));
}

function ringingOf(rings: FaultRow['rings']): string {
  if ('none' in rings) return rings.none;
  if ('any' in rings) return rings.any;
  return rings.map((id) => `[${id}](runbook.md#${sectionFor(id)})`).join(', ');
}

/** @throws Error when there is no such alarm */
function sectionFor(id: string): string {
  const alarm = ALARMS.find((one) => one.id === id);
  if (alarm === undefined) throw new Error(`there is no alarm ${id}`);
  return sectionOf(alarm);
}

function lineOf(report: RowReport): string {
  const { id, title, injection, hits, answers, longestMs, recoveryMs, invariants } = report;
  const told = Object.entries(answers)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([answer, count]) => `${count} × ${answer}`);
  const counted = Object.values(invariants).reduce((sum, checked) => sum + checked, 0);
  const cells = [
    id,
    title,
    injection,
    String(hits),
    told.join(', '),
    seconds(longestMs),
    seconds(recoveryMs),
    String(counted),
  ];
  return `| ${cells.join(' | ')} |`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
