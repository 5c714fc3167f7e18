import { VIEWS } from '../panels.ts';
import { cloudwatch } from './cloudwatch.ts';
import { grafanaDashboard } from './dashboard.ts';
import { prometheus } from './prometheus.ts';

/** Every dashboard, by its file in docs/grafana, as it stands there before it is formatted. */
export function grafanaDocuments(): ReadonlyMap<string, string> {
  return new Map(
    VIEWS.flatMap((view) =>
      [cloudwatch, prometheus].map(
        (source) =>
          [
            `${view.id}-${source.name}.json`,
            JSON.stringify(grafanaDashboard(view, source), null, 2),
          ] as const,
      ),
    ),
  );
}
