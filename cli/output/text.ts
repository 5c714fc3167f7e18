/**
 * Text on a terminal. Names come from elsewhere: what would move the cursor, ring or turn the
 * direction of writing must not reach it.
 */
const UNSEEN =
  /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;
const WHITE = /[\t\n\r]+/g;

/** The text on one line, with a mark for each character that can't be seen. */
export function visible(text: string): string {
  return text.replace(WHITE, ' ').replace(UNSEEN, '\ufffd');
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

const ASCII = /^[ -~]*$/;
const HALF_WIDTH = /^[\uff61-\uffdc\uffe8-\uffee]/;
/** East Asian wide characters and emoji: two cells. */
const WIDE =
  /^[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303e\u3200-\u33ff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/u;
const AS_EMOJI = /^\p{Extended_Pictographic}.*\ufe0f/u;

function cellsOf(grapheme: string): number {
  if (HALF_WIDTH.test(grapheme)) return 1;
  return WIDE.test(grapheme) || AS_EMOJI.test(grapheme) ? 2 : 1;
}

/** How many cells of a terminal the text takes. */
export function cells(text: string): number {
  if (ASCII.test(text)) return text.length;
  let sum = 0;
  for (const { segment } of graphemes.segment(text)) sum += cellsOf(segment);
  return sum;
}

/** The text in at most so many cells; what is cut ends in `…`. */
export function fitted(text: string, width: number): string {
  if (cells(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const { segment } of graphemes.segment(text)) {
    used += cellsOf(segment);
    if (used > width) break;
    kept += segment;
  }
  return width < 1 ? '' : `${kept}…`;
}
