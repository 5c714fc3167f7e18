import { money } from './figures.ts';
import { visible } from './text.ts';

/** Conditions of use in words, one each; one that this program does not know as it came. */
export function conditionTexts(
  conditions: Readonly<Record<string, unknown>>,
  currency: string,
): string[] {
  return Object.entries(conditions)
    .map(([name, value]) => visible(inWords(name, value, currency) ?? asItCame(name, value)))
    .filter((text) => text !== '');
}

/** Undefined for what is not known, empty for what asks nothing of an order. */
function inWords(name: string, value: unknown, currency: string): string | undefined {
  if (name === 'minOrderAmount' && typeof value === 'number') {
    return value === 0 ? '' : `orders of at least ${money(value, currency)}`;
  }
  if (name === 'firstOrderOnly' && typeof value === 'boolean') return value ? 'first orders' : '';
  if (name === 'weekdays' && isListed(value)) return `on ${value.join(', ')}`;
  if (name === 'products' || name === 'categories') return selectionInWords(name, value);
  if (name === 'hours' && typeof value === 'object' && value !== null) {
    const { from, until, timeZone } = value as Readonly<Record<string, unknown>>;
    return `from ${String(from)} until ${String(until)} in ${String(timeZone)}`;
  }
  return undefined;
}

function selectionInWords(name: string, value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { include, exclude } = value as Readonly<Record<string, unknown>>;
  const parts = [
    ...(isListed(include) && include.length > 0 ? [`${name} ${include.join(', ')}`] : []),
    ...(isListed(exclude) && exclude.length > 0 ? [`no ${name} ${exclude.join(', ')}`] : []),
  ];
  return parts.join('; ');
}

function isListed(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string');
}

function asItCame(name: string, value: unknown): string {
  return `${name} ${JSON.stringify(value)}`;
}
