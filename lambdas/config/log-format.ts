import { LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { LOG_FIELDS, type LogField, type LoggedClaim } from '../domain/log-lines.ts';
import type { LogPosition } from '../domain/fences.ts';

/** Of values in one field: more would make a line that CloudWatch cuts (1 MB an event). */
export const MAX_VALUES = 250;

/**
 * Powertools' lines with the fields of the allow list, and no others: what has another name, or
 * does not look like what its name says, is left out, and the line says how many were.
 */
export class AllowListed extends LogFormatter {
  readonly #functionName: string;

  constructor(functionName: string) {
    super();
    this.#functionName = functionName;
  }

  override formatAttributes(attributes: UnformattedAttributes, additional: LogAttributes): LogItem {
    return new LogItem({
      attributes: {
        level: attributes.logLevel,
        message: attributes.message,
        timestamp: attributes.timestamp.toISOString(),
        service: attributes.serviceName,
        function: this.#functionName,
        xray_trace_id: attributes.xRayTraceId,
        ...allowed(additional),
      },
    });
  }
}

/** What of these fields may be logged. */
export function allowed(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let leftOut = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const said = Object.hasOwn(LOG_FIELDS, name) ? sayable(name as LogField, value) : undefined;
    if (said === undefined) leftOut += 1;
    else kept[name] = said;
  }
  if (leftOut > 0) kept['leftOut'] = leftOut;
  return kept;
}

/** Undefined for what is not as the field's definition says. */
function sayable(name: LogField, value: unknown): unknown {
  const field = LOG_FIELDS[name];
  switch (field.kind) {
    case 'number':
      return typeof value === 'number' ? value : undefined;
    case 'text':
      return isText(value, field.shape) ? value : undefined;
    case 'texts':
      return listed(value, (each) => (isText(each, field.shape) ? each : undefined));
    case 'places':
      return listed(value, (each) => {
        const { topic, partition, offset } = each as LogPosition;
        const place = allowed({ topic, partition, offset });
        return 'leftOut' in place ? undefined : place;
      });
    case 'claims':
      return listed(value, (each) => {
        const { issuanceId, requestId } = each as LoggedClaim;
        return allowed({ issuanceId, requestId });
      });
  }
}

function isText(value: unknown, shape: RegExp): value is string {
  return typeof value === 'string' && shape.test(value);
}

function listed(value: unknown, one: (each: unknown) => unknown): unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.slice(0, MAX_VALUES).flatMap((each) => one(each) ?? []);
}
