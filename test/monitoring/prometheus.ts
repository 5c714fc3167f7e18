import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import * as z from 'zod';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import { prometheusPrograms } from './prometheus-package.ts';

const START_PATIENCE_MS = 30_000;

const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});

/** One series as a query found it. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A real Prometheus that scrapes one address once a second. */
export interface Prometheus {
  readonly url: string;
  /** What an instant query gives. @throws Error when Prometheus refuses it */
  query(expression: string): Promise<Sample[]>;
  /** Ends it, and forgets what it has kept. */
  end(): Promise<void>;
}

/** @param scraped the URL of a metrics page */
export async function startPrometheus(scraped: string): Promise<Prometheus> {
  const { prometheus } = await prometheusPrograms();
  const folder = await mkdtemp(join(tmpdir(), 'coupon-prometheus-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, configuration(new URL(scraped)));
  const child = spawn(
    prometheus,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const complaints = textOf(child.stderr);
  const ended = once(child, 'exit');

  const query = async (expression: string): Promise<Sample[]> => {
    const parameters = new URLSearchParams({ query: expression }).toString();
    const response = await fetch(`${url}/api/v1/query?${parameters}`);
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`${expression}: ${JSON.stringify(body)}`);
    return answer
      .parse(body)
      .data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  };
  const end = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };

  try {
    await until('Prometheus has scraped', START_PATIENCE_MS, async () => {
      if (child.exitCode !== null) throw new Error(await complaints);
      const [up] = await query('up');
      return up?.value === 1 ? true : undefined;
    });
  } catch (error) {
    await end();
    throw error;
  }
  return { url, query, end };
}

function configuration({ host, pathname }: URL): string {
  // JSON is YAML.
  return JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [
      { job_name: 'coupon', metrics_path: pathname, static_configs: [{ targets: [host] }] },
    ],
  });
}

/** What `promtool check metrics` has to say of a metrics page; nothing if all is well. */
export async function checkMetrics(page: string): Promise<string> {
  const { promtool } = await prometheusPrograms();
  const child = spawn(promtool, ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(page);
  const [stdout, stderr] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'exit'),
  ]);
  return `${stdout}${stderr}`.trim();
}
