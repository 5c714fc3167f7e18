import { routes, type HttpMethod, type RouteName } from '../../lambdas/routes.ts';
import { UsageError } from '../failures.ts';

export interface Address {
  readonly method: HttpMethod;
  /** Path and query, encoded. */
  readonly path: string;
}

export type Parameters = Readonly<Record<string, string>>;

/** Query parameters; those without a value are left out. */
export type Query = Readonly<Record<string, string | undefined>>;

/**
 * Where a route is, from the table that the API itself is made of.
 * @throws UsageError for an id that would be another path: `..` is one even when encoded
 */
export function addressOf(
  name: RouteName,
  parameters: Parameters = {},
  query: Query = {},
): Address {
  const { method, path } = routes[name];
  const filled = path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
    const value = parameters[parameter] ?? '';
    if (/^\.{0,2}$/.test(value)) throw new UsageError(`"${value}" is no id`);
    return encodeURIComponent(value);
  });
  const given = Object.entries(query).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  const search = new URLSearchParams(given).toString();
  return { method, path: search === '' ? filled : `${filled}?${search}` };
}
