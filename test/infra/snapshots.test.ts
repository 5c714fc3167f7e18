import { expect, test } from '@jest/globals';
import { Assembly, ENVIRONMENTS, type StackName } from './assembly.ts';

const STACKS: readonly StackName[] = ['network', 'data', 'identity', 'service', 'monitoring'];

/** Of the largest environment that has it. `npm test -- -u test/infra/snapshots` takes a change over. */
test.each(STACKS)('the stack %s changes only on purpose', (name) => {
  const environment = ENVIRONMENTS.findLast((one) => new Assembly(one).stacks[name]) ?? 'prod';
  const text = JSON.stringify(new Assembly(environment).stack(name))
    // What changes with any line of code.
    .replaceAll(/[0-9a-f]{64}\.zip/g, '<code>.zip')
    .replaceAll(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1<version>');
  expect(JSON.parse(text)).toMatchSnapshot();
});
