import type { RestoreRequests } from '../../domain/ports.ts';
import type { InvocationSettings } from './invocations.ts';
import { asynchronousInvocation } from './invocations.ts';

/** @param settings name the restore function */
export function lambdaRestoreRequests(settings: InvocationSettings): RestoreRequests {
  const invoke = asynchronousInvocation(settings);
  return { request: (couponId) => invoke({ couponId }) };
}
