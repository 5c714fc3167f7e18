import type { HttpFunction } from '../../lambdas/routes.ts';
import type { TargetGroupPicker } from '../../local/alb/rules.ts';
import type { Assembly } from './assembly.ts';
import { target, type Reference } from './service-parts.ts';

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
export function pickerOf(assembly: Assembly): TargetGroupPicker {
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
