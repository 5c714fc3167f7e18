/** What a figure must reach. */
export type Bar = { readonly atLeast: number } | { readonly atMost: number };

/** One figure of the bench: the median of its runs. */
export interface Figure {
  /** As the tables name it. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar?: Bar;
  /** What it was made of, for who doubts it. */
  readonly detail?: unknown;
}

/** Whether it reaches its bar; true where there is none. */
export function holds({ value, bar }: Figure): boolean {
  if (bar === undefined) return true;
  return 'atLeast' in bar ? value >= bar.atLeast : value <= bar.atMost;
}
