import { expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';

const MOST_LINES = 300;

const files = globSync('{bin,cli,lib,lambdas,local}/**/*.ts');
const textOf = (file: string): string => readFileSync(file, 'utf8');

test('files are found', () => {
  expect(files.length).toBeGreaterThan(100);
});

test('of cli, lambdas and lib, only the entries read process.env', () => {
  const entry = /^(lambdas\/functions\/[^/]+\/index|cli\/main)\.ts$/;
  const readers = files
    .filter((file) => /^(cli|lambdas|lib)\//.test(file))
    .filter((file) =>
      /\bprocess\s*(\?\.|\.|\[['"`])\s*env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/.test(
        textOf(file),
      ),
    );
  expect(readers.filter((file) => !entry.test(file))).toEqual([]);
  expect(readers.filter((file) => entry.test(file))).not.toEqual([]);
});

test('the domain asks no clock and throws no dice: time and chance are arguments', () => {
  const asking = files
    .filter((file) => file.startsWith('lambdas/domain/'))
    .filter((file) =>
      /\bDate\.now\(|\bnew Date\(\)|\bperformance\.|\bMath\.random\(|\bcrypto\./.test(textOf(file)),
    );
  expect(asking).toEqual([]);
});

test(`no file is longer than ${MOST_LINES} lines`, () => {
  const long = files.filter((file) => textOf(file).trimEnd().split('\n').length > MOST_LINES);
  expect(long).toEqual([]);
});
