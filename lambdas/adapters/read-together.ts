import { setTimeout as sleep } from 'node:timers/promises';

interface Waiting<Key, Value> {
  readonly key: Key;
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads by key, one statement at a time and not too often: it takes all who came since the last one
 * began. Who comes alone waits for nobody. Each hears of a state that is not older than the question.
 *
 * When a read fails, so do all who wait: the server that does not answer one answers none.
 *
 * @param limits keys in one read, and milliseconds at least from one read's start to the next's
 */
export function readTogether<Key, Value>(
  limits: { readonly most: number; readonly everyMs: number },
  read: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
): (key: Key) => Promise<Value | undefined> {
  const waiting: Waiting<Key, Value>[] = [];
  let isRunning = false;

  const readBatch = async (): Promise<void> => {
    const batch = waiting.splice(0, limits.most);
    try {
      const found = await read([...new Set(batch.map(({ key }) => key))]);
      for (const { key, resolve } of batch) resolve(found.get(key));
    } catch (error) {
      for (const { reject } of [...batch, ...waiting.splice(0)]) reject(error);
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      // Waking another process costs more than many rows.
      await Promise.all([readBatch(), sleep(limits.everyMs, undefined, { ref: false })]);
    }
    isRunning = false;
  };

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (isRunning) return;
      isRunning = true;
      setImmediate(() => void run());
    });
}
