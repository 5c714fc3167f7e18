/**
 * A value that is read when it is first asked for, and then kept. All who ask meanwhile share one
 * reading; one that failed is not kept: the next who asks reads again.
 */
export function readOnce<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return async () => {
    const current = (reading ??= read());
    try {
      return await current;
    } catch (error) {
      if (reading === current) reading = undefined;
      throw error;
    }
  };
}
