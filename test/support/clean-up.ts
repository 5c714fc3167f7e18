/**
 * What a test file has started, to be ended in the opposite order: all of it, whatever failed
 * on the way, or a start that fails halfway would leave servers running.
 */
export class CleanUp {
  readonly #steps: (() => unknown)[] = [];

  /** Returns `started`, for which `end` will be called. */
  add<T>(started: T, end: (started: T) => unknown): T {
    this.#steps.push(() => end(started));
    return started;
  }

  /** @throws AggregateError of all that could not be ended */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be ended');
  }
}
