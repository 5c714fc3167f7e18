/** Words for people, in each language the API speaks. */
export interface Text {
  readonly en: string;
  readonly ko: string;
}

export type Language = keyof Text;

const LANGUAGES: readonly Language[] = ['en', 'ko'];

/** The language that an `Accept-Language` header prefers (RFC 9110, 12.5.4); English unless told. */
export function preferredLanguage(header: string | undefined): Language {
  const ranges = (header ?? '').split(',').map(toRange);
  const best = ranges
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
    .map(({ language }) => LANGUAGES.find((known) => known === language))
    .find((language) => language !== undefined);
  return best ?? 'en';
}

function toRange(text: string): { language: string; quality: number } {
  const [tag = '', ...parameters] = text
    .trim()
    .toLowerCase()
    .split(/\s*;\s*/);
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { language: tag.split('-')[0] ?? '', quality: Number.isNaN(quality) ? 0 : quality };
}
