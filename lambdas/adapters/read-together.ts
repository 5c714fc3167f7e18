interface Waiting<Key, Value> {
  readonly key: Key;
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads by key, in one statement for all who came while others were under way; who comes alone
 * waits for nobody. Each hears of a state that is not older than the question.
 *
 * When a read fails, so do all who wait: the server that does not answer one answers none.
 *
 * @param limits keys in one read, and reads at the same time
 */
export function readTogether<Key, Value>(
  limits: { readonly most: number; readonly atOnce: number },
  read: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
): (key: Key) => Promise<Value | undefined> {
  const waiting: Waiting<Key, Value>[] = [];
  let underWay = 0;

  const next = async (): Promise<void> => {
    if (underWay >= limits.atOnce || waiting.length === 0) return;
    underWay += 1;
    const batch = waiting.splice(0, limits.most);
    try {
      const found = await read([...new Set(batch.map(({ key }) => key))]);
      for (const { key, resolve } of batch) resolve(found.get(key));
    } catch (error) {
      for (const { reject } of [...batch, ...waiting.splice(0)]) reject(error);
    } finally {
      underWay -= 1;
      void next();
    }
  };

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      void next();
    });
}
