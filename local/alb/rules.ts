import { DEFAULT_TARGET_GROUP, targetGroupRules } from '../../lambdas/routes.ts';
import type { HttpFunction, TargetGroupRule } from '../../lambdas/routes.ts';

/** Picks the target group of a request: method and path (without query) as received. */
export type TargetGroupPicker = (method: string, path: string) => HttpFunction;

/**
 * The listener's rules, first match wins. Both conditions of a rule are case-sensitive, and the
 * path is compared as it was sent: an ALB decodes nothing before it matches.
 */
export function targetGroupPicker(
  rules: readonly TargetGroupRule[] = targetGroupRules,
  otherwise: HttpFunction = DEFAULT_TARGET_GROUP,
): TargetGroupPicker {
  const compiled = rules.map((rule) => ({
    target: rule.function,
    methods: rule.methods === undefined ? undefined : new Set<string>(rule.methods),
    paths: rule.pathPatterns.map(pathPattern),
  }));
  return (method, path) => {
    for (const { target, methods, paths } of compiled) {
      if (methods !== undefined && !methods.has(method)) continue;
      if (paths.some((pattern) => pattern.test(path))) return target;
    }
    return otherwise;
  };
}

/** An ALB path pattern: `*` is any characters, none and `/` included; `?` is exactly one. */
export function pathPattern(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's');
}
