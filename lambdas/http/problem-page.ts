import { createHash } from 'node:crypto';
import type { Answer } from './answer.ts';
import { problemHelp } from './problem-help/problem-help.ts';
import type { ProblemCode } from './problems.ts';
import { problems } from './problems.ts';
import type { Language } from './text.ts';

const WORDS = {
  en: { meaning: 'What it means', remedy: 'What to do', all: 'All problems', other: '한국어' },
  ko: { meaning: '의미', remedy: '해결 방법', all: '모든 오류 코드', other: 'English' },
} as const;

const OTHER: Readonly<Record<Language, Language>> = { en: 'ko', ko: 'en' };

const STYLE = `:root{color-scheme:light dark}
body{max-width:42rem;margin:0 auto;padding:2rem 1.25rem;font:1rem/1.6 system-ui,sans-serif;word-break:keep-all;overflow-wrap:anywhere}
header{display:flex;justify-content:space-between;gap:1rem}
h1{font-size:1.6rem;line-height:1.3}
h2{font-size:1.05rem;margin-top:2rem}
code{font-family:ui-monospace,monospace;font-size:.92em;overflow-wrap:anywhere}
nav{margin-top:3rem;border-top:1px solid #8886;padding-top:1rem;font-size:.9rem}
nav a{margin-right:.75rem;display:inline-block}`;

/** Nothing but the style above: the page needs no script and loads nothing. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** It changes only when the service does. */
const MAX_AGE_SECONDS = 3_600;

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(problems, text);
}

/** The page that a problem's `type` leads to. */
export function problemPage(code: ProblemCode, language: Language): Answer {
  return {
    kind: 'document',
    contentType: 'text/html; charset=utf-8',
    content: html(code, language),
    headers: {
      'cache-control': `public, max-age=${MAX_AGE_SECONDS}`,
      'content-language': language,
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      vary: 'Accept-Language',
    },
  };
}

function html(code: ProblemCode, language: Language): string {
  const words = WORDS[language];
  const other = OTHER[language];
  const title = escaped(problems[code].title[language]);
  const { meaning, remedy } = problemHelp[code];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header><code>${problems[code].status} ${code}</code><a href="?lang=${other}" hreflang="${other}" lang="${other}">${words.other}</a></header>
<main>
<h1>${title}</h1>
<h2>${words.meaning}</h2>
<p>${withCode(meaning[language])}</p>
<h2>${words.remedy}</h2>
<p>${withCode(remedy[language])}</p>
</main>
<nav aria-label="${words.all}">
<h2>${words.all}</h2>
${Object.keys(problems)
  .map((each) => `<a href="/problems/${each}?lang=${language}">${each}</a>`)
  .join('\n')}
</nav>
</body>
</html>
`;
}

function withCode(text: string): string {
  return escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
