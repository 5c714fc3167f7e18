import { PLATFORM_METRICS } from '../../lambdas/domain/metrics.ts';

/**
 * Lambda's own count of a failed invocation, as a line like the functions' own: on AWS it comes to
 * CloudWatch by itself.
 *
 * @param at milliseconds since 1970
 */
export function functionErrorLine(functionName: string, at: number): string {
  const { namespace, name, dimension } = PLATFORM_METRICS.FunctionErrors;
  return JSON.stringify({
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [[dimension]],
          Metrics: [{ Name: name, Unit: 'Count' }],
        },
      ],
    },
    [dimension]: functionName,
    [name]: 1,
  });
}
