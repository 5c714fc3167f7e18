import { describe, expect, test } from '@jest/globals';
import { routes, targetGroupRules, type HttpFunction, type Route } from '../../lambdas/routes.ts';
import { targetGroupPicker, type TargetGroupPicker } from '../../local/alb/rules.ts';
import { Assembly, ENVIRONMENTS } from './assembly.ts';
import { target, type Reference } from './service-parts.ts';

const METHODS = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'post'];

/** Segments that are ids, or are not. */
const VALUES = ['abcdefghijkl', 'a/b', 'issuances', '%2F', 'x y', '', '*', '한국', 'issuances/'];

const WRONG = [
  '/',
  '//',
  '/v1',
  '/v1/',
  '/V1/issuances',
  '/v1/Issuances',
  '/v1/issuance',
  '/v1/issuancesx',
  '/v1/coupons//issuances',
  '/v1/coupons/issuances',
  '/v1/coupons/a/issuances/',
  '/v1/coupons/a/b/issuances',
  '/v1/coupons/a/issuancesx',
  '/x/v1/issuances',
  '/v1/redemptionsx',
  '/v1/redemptions/',
  '/v1/redemptions//rollback',
  '/%76%31/issuances',
  '/v1/coupons/a/issuances/b',
  '/v1/coupons/../issuances',
];

interface ListenerRule {
  readonly priority: number;
  readonly target: string;
  readonly methods: readonly string[] | undefined;
  readonly paths: readonly string[];
}

/**
 * What the load balancer does with the template's rules, by its guide: the lowest priority first,
 * all conditions of a rule hold, one value of each is enough; `*` is any characters and `?` one.
 */
function pickerOf(assembly: Assembly): TargetGroupPicker {
  const rules = Object.values(assembly.resources('AWS::ElasticLoadBalancingV2::ListenerRule'))
    .map(({ Properties }) => readRule(Properties))
    .toSorted((a, b) => a.priority - b.priority);
  const listeners = Object.values(assembly.resources('AWS::ElasticLoadBalancingV2::Listener'));
  const forwarding = listeners.flatMap(({ Properties }) =>
    forwardsOf(Properties['DefaultActions']),
  );
  if (forwarding.length !== 1) throw new Error('not one listener forwards');
  return (method, path) => {
    const rule = rules.find(
      ({ methods, paths }) =>
        (methods === undefined || methods.includes(method)) &&
        paths.some((pattern) => matches(pattern, path)),
    );
    return functionOf(assembly, rule?.target ?? forwarding[0] ?? '');
  };
}

function readRule(properties: Readonly<Record<string, unknown>>): ListenerRule {
  const conditions = properties['Conditions'] as {
    Field: string;
    HttpRequestMethodConfig?: { Values: string[] };
    PathPatternConfig?: { Values: string[] };
  }[];
  for (const { Field } of conditions) {
    if (!['path-pattern', 'http-request-method'].includes(Field)) throw new Error(Field);
  }
  const [to = ''] = forwardsOf(properties['Actions']);
  return {
    priority: Number(properties['Priority']),
    target: to,
    methods: conditions.find((one) => one.HttpRequestMethodConfig)?.HttpRequestMethodConfig?.Values,
    paths: conditions.find((one) => one.PathPatternConfig)?.PathPatternConfig?.Values ?? ['*'],
  };
}

/** The target groups of actions. */
function forwardsOf(actions: unknown): string[] {
  return (actions as { Type: string; TargetGroupArn?: Reference }[]).flatMap(
    ({ Type, TargetGroupArn }) =>
      Type === 'forward' && TargetGroupArn ? [target(TargetGroupArn)] : [],
  );
}

function matches(pattern: string, path: string): boolean {
  const [first = '', ...others] = pattern;
  if (pattern === '') return path === '';
  if (first === '*') {
    return matches(others.join(''), path) || (path !== '' && matches(pattern, path.slice(1)));
  }
  return (
    path !== '' && (first === '?' || first === path[0]) && matches(others.join(''), path.slice(1))
  );
}

/** Through the alias, where there is one, and the target group. */
function functionOf(assembly: Assembly, targetGroup: string): HttpFunction {
  const { Resources } = assembly.stack('service');
  const [{ Id }] = Resources[targetGroup]?.Properties['Targets'] as [{ Id: Reference }];
  const id = target(Id);
  const alias = Resources[id]?.Type === 'AWS::Lambda::Alias' ? Resources[id] : undefined;
  const found = alias ? target(alias.Properties['FunctionName'] as Reference) : id;
  return found.replace(/Function[0-9A-F]{8}$/, '') as HttpFunction;
}

function pathsOf({ path }: Route): string[] {
  return VALUES.map((value) => path.replaceAll(/\{[^}]+\}/g, value));
}

const paths = [...new Set([...Object.values(routes).flatMap(pathsOf), ...WRONG])];
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
    const requests = METHODS.flatMap((method) => paths.map((path) => [method, path] as const));
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
