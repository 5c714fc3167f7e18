import type { GrantRequests } from '../../domain/grant-ledger.ts';
import type { InvocationSettings } from './invocations.ts';
import { asynchronousInvocation } from './invocations.ts';

/** @param settings name the grant function */
export function lambdaGrantRequests(settings: InvocationSettings): GrantRequests {
  const invoke = asynchronousInvocation(settings);
  return { request: () => invoke({}) };
}
