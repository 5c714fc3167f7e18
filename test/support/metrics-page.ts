import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEmfLine, type EmfMetric } from '../../local/metrics/emf-line.ts';
import { statePaths } from '../../local/state.ts';
import type { Flow } from './flow.ts';
import { until } from './until.ts';

const PATIENCE_MS = 30_000;

/** What a running stack has measured, as Prometheus and CloudWatch would get it. */
export class MetricsPage {
  readonly #url: string;
  readonly #file: string;

  constructor({ stack }: Flow) {
    this.#url = stack.endpoints.metrics;
    this.#file = join(statePaths(stack.stateDir).logs, 'metrics.jsonl');
  }

  async text(): Promise<string> {
    return (await fetch(this.#url)).text();
  }

  /** The value of one series, written as on the page: `name` or `name{label="value"}`. */
  async value(series: string): Promise<number | undefined> {
    const line = (await this.text()).split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  }

  /** Waits until a series has this value. */
  async shows(series: string, value: number): Promise<void> {
    let last: number | undefined;
    await until(`${series} is ${value}`, PATIENCE_MS, async () => {
      last = await this.value(series);
      if (last !== value) throw new Error(`it is ${last ?? 'not there'}`);
      return true;
    });
  }

  /** Every line so far, metric by metric. */
  async written(): Promise<EmfMetric[]> {
    const text = await readFile(this.#file, 'utf8');
    // The last one may not be all there.
    return text.split('\n').slice(0, -1).flatMap(readEmfLine);
  }
}

/** Runs a function of the stack as its schedule would, and waits for it. */
export async function invoke({ stack }: Flow, functionName: string, event = {}): Promise<unknown> {
  const url = `${stack.endpoints.lambda}/2015-03-31/functions/${functionName}/invocations`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(event) });
  if (response.status !== 200) throw new Error(`${functionName} answers ${response.status}`);
  return response.json();
}
