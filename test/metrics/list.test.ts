import { expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { METRICS } from '../../lambdas/domain/metrics.ts';

it('each metric of the list is recorded somewhere', () => {
  const code = globSync('lambdas/**/*.ts')
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const unused = Object.keys(METRICS).filter(
    (name) => !new RegExp(`\\.record\\(\\s*'${name}'`).test(code),
  );
  expect(unused.toSorted()).toEqual([]);
});
