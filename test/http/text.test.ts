import { expect, it } from '@jest/globals';
import { preferredLanguage } from '../../lambdas/http/text.ts';

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['ko', 'ko'],
  ['ko-KR', 'ko'],
  ['KO-kr', 'ko'],
  ['ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7', 'ko'],
  ['en-US,en;q=0.9,ko;q=0.8', 'en'],
  ['en;q=0.5, ko;q=0.8', 'ko'],
  ['fr, ko;q=0.1', 'ko'],
  ['fr, de', 'en'],
  ['ko, en', 'ko'],
  ['en, ko', 'en'],
  ['*', 'en'],
  ['ko;q=0.3, *;q=0.2', 'ko'],
  ['ko;q=0.3, *', 'en'],
  ['en;q=0, *', 'ko'],
  ['en;q=0', 'en'],
  ['ko;q=0', 'en'],
  ['ko;q=0.000, en;q=0.001', 'en'],
  ['ko ; q=0.9 , en ; q=0.1', 'ko'],
  ['ko;q=2, en;q=0.1', 'en'],
  ['ko;q=-1', 'en'],
  ['ko;q=abc', 'en'],
  ['ko;q=', 'en'],
  ['ko;q=1e9, en', 'en'],
  ['kor', 'en'],
  ['k', 'en'],
  [',,;;q=1,=;-', 'en'],
  ['ko\u0000', 'en'],
  [`${'fr,'.repeat(20_000)}ko`, 'ko'],
])('of %p the API speaks %s', (header, language) => {
  expect(preferredLanguage(header)).toBe(language);
});
