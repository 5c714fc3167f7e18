import type { RouteName } from '../../lambdas/routes.ts';
import type { Query } from './address.ts';
import { jsonOf, type Api } from './client.ts';
import { fieldsOf } from './tolerant.ts';

/** Part of a list as the API answers it, or all of it. */
export interface Page {
  readonly items: readonly unknown[];
  readonly nextCursor: string | null;
}

/** @throws as {@link Api.ask} */
export async function readPage(api: Api, route: RouteName, query: Query): Promise<Page> {
  const { items, nextCursor } = fieldsOf(jsonOf(await api.ask({ route, query })));
  return {
    items: Array.isArray(items) ? items : [],
    nextCursor: typeof nextCursor === 'string' ? nextCursor : null,
  };
}

/** The API's largest page. */
const LARGEST_PAGE = '100';

/** The whole list, page by page. @throws as {@link Api.ask} */
export async function readAllPages(api: Api, route: RouteName, query: Query): Promise<Page> {
  const items: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await readPage(api, route, { limit: LARGEST_PAGE, ...query, cursor });
    items.push(...page.items);
    // The same again would go round for ever.
    cursor = page.nextCursor === cursor ? undefined : (page.nextCursor ?? undefined);
  } while (cursor !== undefined);
  return { items, nextCursor: null };
}
