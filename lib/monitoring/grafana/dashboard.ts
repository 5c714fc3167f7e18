import type { Panel, Unit, View } from '../panels.ts';

/** What differs between the places that keep the numbers. */
export interface Source {
  readonly name: 'cloudwatch' | 'prometheus';
  readonly title: string;
  /** Choices above the dashboard, the data source first. */
  readonly variables: readonly object[];
  /** The queries of a panel: none where the place has none of its numbers. */
  readonly targets: (panel: Panel) => readonly object[];
  readonly unitOf: (unit: Unit) => string;
}

const COLUMNS = 3;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 8;

/** Grafana's schema of 11.x; later ones read it. */
const SCHEMA_VERSION = 39;

/** The data source that the reader chooses above the dashboard. */
export function datasource({ name }: Pick<Source, 'name'>): object {
  return { type: name, uid: '${datasource}' };
}

/** The choice of the data source. */
export function datasourceVariable({ name }: Pick<Source, 'name'>): object {
  return {
    name: 'datasource',
    label: 'Data source',
    type: 'datasource',
    query: name,
    refresh: 1,
    hide: 0,
    current: {},
    options: [],
  };
}

/** A dashboard as Grafana imports it. */
export function grafanaDashboard(view: View, source: Source): object {
  const panels = view.panels.flatMap((panel) => {
    const targets = source.targets(panel);
    return targets.length === 0 ? [] : [{ panel, targets }];
  });
  return {
    uid: `coupon-${view.id}-${source.name}`,
    title: `${view.title} (${source.title})`,
    tags: ['coupon'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    timezone: 'utc',
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: { list: source.variables },
    annotations: { list: [] },
    links: [],
    panels: panels.map(({ panel, targets }, i) => ({
      id: i + 1,
      type: 'timeseries',
      title: panel.title,
      datasource: datasource(source),
      gridPos: {
        x: (i % COLUMNS) * WIDTH,
        y: Math.floor(i / COLUMNS) * HEIGHT,
        w: WIDTH,
        h: HEIGHT,
      },
      fieldConfig: {
        defaults: {
          unit: source.unitOf(panel.unit),
          min: 0,
          custom: { drawStyle: 'line', lineWidth: 1, fillOpacity: 10, showPoints: 'never' },
        },
        overrides: [],
      },
      options: {
        legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
        tooltip: { mode: 'multi', sort: 'desc' },
      },
      targets,
    })),
  };
}

/** A, B, C …: how Grafana tells the queries of a panel apart. */
export function refId(i: number): string {
  return String.fromCodePoint(65 + i);
}
