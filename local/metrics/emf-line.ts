import * as z from 'zod';

const count = z.union([z.number(), z.array(z.number()).min(1).max(100)]);

/** The part of CloudWatch's embedded metric format that says what is measured, with its limits. */
const envelope = z.looseObject({
  _aws: z.object({
    Timestamp: z.int(),
    CloudWatchMetrics: z
      .array(
        z.object({
          Namespace: z.string().min(1),
          Dimensions: z.array(z.array(z.string()).max(30)).min(1),
          Metrics: z
            .array(z.object({ Name: z.string().min(1), Unit: z.string() }))
            .min(1)
            .max(100),
        }),
      )
      .min(1),
  }),
});

/** One metric of a line. */
export interface EmfMetric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** @throws Error that says what is wrong with the line */
export function readEmfLine(line: string): EmfMetric[] {
  const fields = envelope.parse(JSON.parse(line));
  return fields._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = Object.fromEntries(
        names.map((name) => [name, z.string().min(1).parse(fields[name])]),
      );
      return Metrics.map(({ Name, Unit }) => ({
        namespace: Namespace,
        name: Name,
        unit: Unit,
        dimensions,
        values: [count.parse(fields[Name])].flat(),
      }));
    }),
  );
}
