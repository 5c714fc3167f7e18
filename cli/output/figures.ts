/** Figures and times as operators read them; `–` stands for what nobody knows. */
export const UNKNOWN = '–';

const plain = new Intl.NumberFormat('en');

export function figure(count: number | null | undefined): string {
  return count === null || count === undefined ? UNKNOWN : plain.format(count);
}

/** A figure with its noun: `1 unit`, `1,000 units`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)} ${count === 1 ? one : many}`;
}

/** An amount in the currency's minor unit, as people write it: `₩5,000`, `$50.00`. */
export function money(amount: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 0;
    return format.format(amount / 10 ** digits);
  } catch {
    return `${figure(amount)} ${currency}`;
  }
}

/** `2026-11-27 00:00:00 UTC`, from milliseconds since 1970. */
export function moment(at: number | null | undefined): string {
  if (at === null || at === undefined) return UNKNOWN;
  const text = new Date(at).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** The two largest units: `3 d 4 h`, `1 min 5 s`; whole seconds. */
export function duration(ms: number): string {
  let seconds = Math.max(0, Math.round(ms / 1000));
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first === -1) return '0 s';
  const parts: string[] = [];
  for (const [name, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(' ');
}
