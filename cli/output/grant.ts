import { isDone, type Grant } from '../api/grant.ts';
import { figure, UNKNOWN } from './figures.ts';
import { table, toned, type Line } from './line.ts';

/** The figures of several grants together; null where one is not known. */
export function totalOf(
  grants: readonly Grant[],
): Omit<Grant, 'id' | 'couponId' | 'state' | 'createdAt' | 'finishedAt'> {
  const sum = (of: (grant: Grant) => number | null): number | null =>
    grants.reduce<number | null>((total, grant) => {
      const value = of(grant);
      return total === null || value === null ? null : total + value;
    }, 0);
  const refused = new Map<string, number>();
  for (const { name, figure: count } of grants.flatMap((grant) => grant.refused ?? [])) {
    refused.set(name, (refused.get(name) ?? 0) + count);
  }
  return {
    total: sum(({ total }) => total),
    accepted: sum(({ accepted }) => accepted),
    alreadyHad: sum(({ alreadyHad }) => alreadyHad),
    erased: sum(({ erased }) => erased),
    pending: sum(({ pending }) => pending),
    refused: [...refused].map(([name, count]) => ({ name, figure: count })),
  };
}

/** What became of grants: their ids, then the totals. */
export function grantLines(grants: readonly Grant[]): Line[] {
  const { total, accepted, alreadyHad, erased, pending, refused } = totalOf(grants);
  const rows: [string, number | null][] = [
    ['users', total],
    ['accepted', accepted],
    ['had one already', alreadyHad],
    ...(refused ?? []).map(({ name, figure: count }): [string, number] => [
      `refused: ${name}`,
      count,
    ]),
    ...((erased ?? 0) === 0 ? [] : [['erased', erased] satisfies [string, number | null]]),
    ...(pending === 0 ? [] : [['still to do', pending] satisfies [string, number | null]]),
  ];
  return [
    ...grants.map((grant) => [
      'grant ',
      toned('strong', grant.id ?? UNKNOWN),
      '  ',
      toned(isDone(grant) ? 'good' : 'warning', grant.state ?? UNKNOWN),
    ]),
    ...table(
      rows.map(([name, count]) => [toned('dim', `  ${name}`), figure(count)]),
      [1],
    ),
  ];
}
