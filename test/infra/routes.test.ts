import { describe, expect, test } from '@jest/globals';
import { routes, targetGroupRules, type Route } from '../../lambdas/routes.ts';
import { targetGroupPicker, type TargetGroupPicker } from '../../local/alb/rules.ts';
import { Assembly, ENVIRONMENTS } from './assembly.ts';
import { pickerOf } from './listener-rules.ts';
import { METHODS, PATHS, pathsOf } from './requests.ts';

const locally = targetGroupPicker();

describe.each(ENVIRONMENTS)('the load balancer of %s', (environment) => {
  const onAws = pickerOf(new Assembly(environment));

  test.each(Object.entries<Route>(routes))(
    'takes %s to the function that answers it',
    (_, route) => {
      for (const path of pathsOf(route).slice(0, 1)) {
        expect(onAws(route.method, path)).toBe(route.function);
      }
    },
  );

  test('takes every method and path, right or wrong, to the function that the local front takes it to', () => {
    const requests = METHODS.flatMap((method) => PATHS.map((path) => [method, path] as const));
    const through = (pick: TargetGroupPicker): string[] =>
      requests.map(([method, path]) => `${method} ${path} → ${pick(method, path)}`);
    expect(through(onAws)).toEqual(through(locally));
    expect(requests.length).toBeGreaterThan(1000);
  });
});

test('no rule has more values than a load balancer takes', () => {
  for (const { methods = [], pathPatterns } of targetGroupRules) {
    expect(methods.length + pathPatterns.length).toBeLessThanOrEqual(5);
  }
});
