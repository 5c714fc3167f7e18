/** Words for people, in each language the API speaks. */
export interface Text {
  readonly en: string;
  readonly ko: string;
}

export type Language = keyof Text;

const LANGUAGES: readonly Language[] = ['en', 'ko'];

/**
 * The language that an `Accept-Language` header prefers (RFC 9110, 12.5.4): the one of the highest
 * quality, of equals the one named first. English unless told.
 */
export function preferredLanguage(header: string | undefined): Language {
  const ranges = (header ?? '').split(',').flatMap(toRange);
  const wishes = LANGUAGES.flatMap((language) => {
    const named = ranges.findIndex((range) => range.language === language);
    const place = named === -1 ? ranges.findIndex((range) => range.language === '*') : named;
    const quality = ranges[place]?.quality ?? 0;
    return quality > 0 ? [{ language, quality, place }] : [];
  });
  const [best] = wishes.toSorted((a, b) => b.quality - a.quality || a.place - b.place);
  return best?.language ?? 'en';
}

const QUALITY = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** `ko-KR;q=0.8`; nothing where the quality is none. Regions don't matter: there is one Korean. */
function toRange(text: string): { language: string; quality: number }[] {
  const [tag = '', ...parameters] = text
    .trim()
    .toLowerCase()
    .split(/\s*;\s*/);
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
  const [language = ''] = tag.split('-');
  return QUALITY.test(weight) ? [{ language, quality: Number(weight) }] : [];
}
