/**
 * Sends what comes in one turn of the event loop together: after a publish of many claims all of
 * them are confirmed at once, and one call of a script costs Valkey a fraction of a hundred. Who
 * comes alone waits for nobody.
 *
 * @param send gets all items of a key; each caller hears of its outcome
 */
export function together<Item>(
  send: (key: string, items: readonly Item[]) => Promise<unknown>,
): (key: string, items: readonly Item[]) => Promise<void> {
  const waiting = new Map<string, { readonly items: Item[]; readonly sent: Promise<void> }>();
  return (key, items) => {
    const there = waiting.get(key);
    if (there !== undefined) {
      there.items.push(...items);
      return there.sent;
    }
    const all = [...items];
    // After the callbacks of this turn, before it looks for others.
    const sent = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      waiting.delete(key);
      await send(key, all);
    });
    waiting.set(key, { items: all, sent });
    return sent;
  };
}
