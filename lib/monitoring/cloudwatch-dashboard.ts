import { isOwn, type Panel, type PlatformLine, type Unit, type View } from './panels.ts';
import { labelFor, searchFor } from './search.ts';
import { PERIOD_S } from './thresholds.ts';

/** What only the stack knows. */
export interface Surroundings {
  readonly region: string;
  readonly service: string;
  /** Each machine's metric: namespace, name, and dimensions by turns. */
  readonly platformMetrics: (line: PlatformLine) => readonly (readonly string[])[];
  readonly alarmArns: readonly string[];
}

const COLUMNS = 3;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 6;
const ALARMS_HEIGHT = 4;

/** The body of a CloudWatch dashboard: the alarms, and a graph for each panel. */
export function dashboardBody(view: View, surroundings: Surroundings): object {
  const graphs = view.panels.map((panel, i) => ({
    type: 'metric',
    x: (i % COLUMNS) * WIDTH,
    y: ALARMS_HEIGHT + Math.floor(i / COLUMNS) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: {
      title: panel.title,
      region: surroundings.region,
      view: 'timeSeries',
      stacked: false,
      period: PERIOD_S,
      yAxis: { left: { min: 0, label: labelOf(panel.unit), showUnits: false } },
      metrics: metricsOf(panel, surroundings),
    },
  }));
  const alarms = {
    type: 'alarm',
    x: 0,
    y: 0,
    width: 24,
    height: ALARMS_HEIGHT,
    properties: { title: 'What rings', alarms: surroundings.alarmArns },
  };
  return { start: '-PT3H', periodOverride: 'auto', widgets: [alarms, ...graphs] };
}

function metricsOf(panel: Panel, { service, platformMetrics }: Surroundings): unknown[] {
  return panel.lines.flatMap((line, i): unknown[] =>
    isOwn(line)
      ? [
          [
            {
              id: `e${i}`,
              expression: searchFor(line, service),
              label: labelFor(line),
            } satisfies Expression,
          ],
        ]
      : platformMetrics(line).map((metric) => [...metric, { stat: line.statistic }]),
  );
}

interface Expression {
  readonly id: string;
  readonly expression: ReturnType<typeof searchFor>;
  readonly label: ReturnType<typeof labelFor>;
}

function labelOf(unit: Unit): string {
  return unit === 'count' ? '' : unit;
}
