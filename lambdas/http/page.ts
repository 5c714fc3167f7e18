/** The load balancer takes replies of at most 1 MB from a function, headers and all. */
const MAX_PAGE_BYTES = 1_000_000;

/**
 * A page as the API answers it.
 *
 * @param found one more than `limit` where there are more
 * @param cursorOf where the page after this one begins
 */
export function pageOf<Row, View>(
  found: readonly Row[],
  limit: number,
  view: (row: Row) => View,
  cursorOf: (last: Row) => string,
): { readonly items: readonly View[]; readonly nextCursor: string | null } {
  const items = thatFit(found.slice(0, limit).map(view));
  const last = found[items.length - 1];
  const hasMore = last !== undefined && found.length > items.length;
  return { items, nextCursor: hasMore ? cursorOf(last) : null };
}

/** The first views that together fit into a reply; one alone always does. */
function thatFit<View>(views: readonly View[]): readonly View[] {
  let bytes = 0;
  const tooMany = views.findIndex((view) => {
    bytes += bytesInReply(view) + SEPARATOR_BYTES;
    return bytes > MAX_PAGE_BYTES;
  });
  return tooMany === -1 ? views : views.slice(0, Math.max(1, tooMany));
}

const SEPARATOR_BYTES = 1;

/**
 * A function's reply is JSON, and the page a text in it: each quote of the page has a backslash
 * there. A view that is text already is a line of the page, else it is JSON itself.
 */
function bytesInReply(view: unknown): number {
  const text = typeof view === 'string' ? view : JSON.stringify(view);
  return Buffer.byteLength(JSON.stringify(text));
}
