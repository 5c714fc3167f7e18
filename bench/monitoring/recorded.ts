/** What CloudWatch would have been told: values of a metric, each as often as it came. */
export interface Observation {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly values: readonly { readonly value: number; readonly count: number }[];
}

/** The head of a line of CloudWatch's embedded metric format. */
interface Head {
  readonly Timestamp: number;
  readonly CloudWatchMetrics: readonly {
    readonly Namespace: string;
    readonly Dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string }[];
  }[];
}

type Line = { readonly _aws: Head } & Readonly<Record<string, unknown>>;

/** The observations in lines of CloudWatch's embedded metric format; other lines are none. */
export function observationsIn(text: string): Observation[] {
  return text.split('\n').flatMap((line) => {
    if (!line.includes('"_aws"')) return [];
    const parsed = JSON.parse(line) as Line;
    const { Timestamp: at, CloudWatchMetrics } = parsed._aws;
    return CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
      Dimensions.flatMap((names) =>
        Metrics.map(({ Name: name }) => ({
          namespace,
          name,
          dimensions: Object.fromEntries(names.map((key) => [key, String(parsed[key])])),
          at,
          values: valuesOf(parsed[name]),
        })),
      ),
    );
  });
}

/** A number, many, or many with how often each of them came. */
function valuesOf(written: unknown): Observation['values'] {
  if (typeof written === 'number') return [{ value: written, count: 1 }];
  if (Array.isArray(written)) return written.map((value) => ({ value: Number(value), count: 1 }));
  const { Values = [], Counts = [] } = (written ?? {}) as {
    readonly Values?: readonly number[];
    readonly Counts?: readonly number[];
  };
  return Values.map((value, i) => ({ value, count: Counts[i] ?? 1 }));
}
