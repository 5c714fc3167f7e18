/**
 * The result of `work` if it comes within `ms` milliseconds.
 *
 * @throws Error that names the time; `work` goes on, and nobody hears of it any more
 */
export async function withinMs<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        reject(new Error(`not within ${Math.round(ms)} ms`));
      },
      Math.max(0, ms),
    );
  });
  // When the time-out wins, the work's own failure has nobody left to hear it.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
