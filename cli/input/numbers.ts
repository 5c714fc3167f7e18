import { UsageError } from '../failures.ts';

/** @throws UsageError unless the text is a whole number from `least` to `most` */
export function wholeNumber(
  option: string,
  text: string,
  { least = 0, most = Number.MAX_SAFE_INTEGER }: { least?: number; most?: number } = {},
): number {
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `, at least ${least}` : ` ${least} to ${most}`;
  throw new UsageError(`${option} is to be a whole number${range}, not "${text}"`);
}
