/**
 * The result of `work` if it comes within `ms` milliseconds.
 *
 * @throws Error that names the time; `work` goes on, and nobody hears of it any more
 */
export function withinMs<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        reject(new Error(`not within ${Math.round(ms)} ms`));
      },
      Math.max(0, ms),
    );
    void work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
