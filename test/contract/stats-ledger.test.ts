import { expect, it } from '@jest/globals';
it('x', () => {
  expect(1).toBe(1);
});
