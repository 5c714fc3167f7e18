import type { GrantRequests } from '../../domain/grant-ledger.ts';
import type { AwsAccess } from './access.ts';
import { asynchronousInvocation } from './invocations.ts';

/** @param functionName of the grant function */
export function lambdaGrantRequests(access: AwsAccess, functionName: string): GrantRequests {
  const invoke = asynchronousInvocation(access, functionName);
  return { request: () => invoke({}) };
}
