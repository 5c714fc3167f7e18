import type { Meter } from '../../lambdas/domain/metrics.ts';

/** Keeps all that was measured, in its order. */
export class MemoryMeter implements Meter {
  readonly recorded: (readonly [name: string, value: number, dimensions?: object])[] = [];

  record(name: string, value: number, dimensions?: object): void {
    this.recorded.push(dimensions === undefined ? [name, value] : [name, value, dimensions]);
  }

  /** The values of one metric, whatever its dimensions. */
  of(name: string): number[] {
    return this.recorded.filter(([each]) => each === name).map(([, value]) => value);
  }
}
