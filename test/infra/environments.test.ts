import { expect, test } from '@jest/globals';
import { chooseEnvironment } from '../../lib/environments.ts';

test('dev is deployed unless another environment is named', () => {
  expect(chooseEnvironment(undefined)).toMatchObject({ ok: true, environment: { name: 'dev' } });
  expect(chooseEnvironment('dev')).toEqual(chooseEnvironment(undefined));
});

test.each(['prod', '', 'constructor', 1])(
  'environment %p is refused, and told from those that are',
  (name) => {
    expect(chooseEnvironment(name)).toEqual({
      ok: false,
      refusal: `There is no environment "${name}"; there is: dev`,
    });
  },
);
