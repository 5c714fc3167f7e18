import { expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { METRICS } from '../../lambdas/domain/metrics.ts';

/** Nothing sends notifications yet. */
const NOT_YET = ['Notifications', 'NotificationsParked', 'NotificationsWaiting'];

it('each metric of the list is recorded somewhere, and those of nobody are known', () => {
  const code = globSync('lambdas/**/*.ts')
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const unused = Object.keys(METRICS).filter(
    (name) => !new RegExp(`\\.record\\(\\s*'${name}'`).test(code),
  );
  expect(unused.toSorted()).toEqual(NOT_YET);
});
