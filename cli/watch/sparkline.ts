const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** One cell a value, the highest of them full; a blank where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const highest = Math.max(0, ...values.filter((value) => value !== null));
  return values
    .map((value) => {
      if (value === null) return ' ';
      if (highest === 0 || value === 0) return LEVELS[0];
      // Little is more than nothing.
      const level = Math.max(1, Math.round((value / highest) * (LEVELS.length - 1)));
      return LEVELS[level] ?? LEVELS[0];
    })
    .join('');
}
