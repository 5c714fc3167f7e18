import type { Environment } from '../environments/environment.ts';
import type { Measure } from './measure.ts';

/** `page`: somebody gets up for it. `look`: it waits for the morning, or explains a page. */
export type Severity = 'page' | 'look';

export interface AlarmDefinition {
  /** Of the alarm, and of its section in the runbook unless {@link runbook} names another. */
  readonly id: string;
  readonly measure: Measure;
  /** It breaches at and above the threshold, or below it. */
  readonly rings: 'at least' | 'below';
  readonly threshold: number | ((environment: Environment) => number);
  /** Rings when so many of the last so many periods breach. */
  readonly breaching: number;
  readonly of: number;
  /** What a period without a value is. */
  readonly missing: 'good' | 'bad';
  /** What users or operators lose, in words that need no knowledge of the code. */
  readonly harm: string;
  readonly severity: Severity;
  readonly runbook?: string;
  /** Users feel it, whatever the cause: it rings by `users-affected`, unless a cause already does. */
  readonly isSymptom?: boolean;
}

/** `all` or `any` of what rings. */
export type Rule = string | { readonly all: readonly Rule[] } | { readonly any: readonly Rule[] };

/** One cause that rings many bells: told once, by its name. */
export interface CompositeDefinition {
  readonly id: string;
  readonly rule: Rule;
  readonly harm: string;
  readonly severity: Severity;
}

/** The alarms that a rule names. */
export function named(rule: Rule): readonly string[] {
  if (typeof rule === 'string') return [rule];
  return ('all' in rule ? rule.all : rule.any).flatMap(named);
}
