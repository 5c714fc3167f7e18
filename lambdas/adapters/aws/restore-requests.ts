import type { RestoreRequests } from '../../domain/ports.ts';
import type { AwsAccess } from './access.ts';
import { asynchronousInvocation } from './invocations.ts';

/** @param functionName of the restore function */
export function lambdaRestoreRequests(access: AwsAccess, functionName: string): RestoreRequests {
  const invoke = asynchronousInvocation(access, functionName);
  return { request: (couponId) => invoke({ couponId }) };
}
