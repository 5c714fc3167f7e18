import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentConnection } from '../../lambdas/adapters/emf/agent-connection.ts';
import { emfMeter, type EmfMeter } from '../../lambdas/adapters/emf/emf-meter.ts';
import { startMetricsAgent, type MetricsAgent } from '../../local/metrics/agent.ts';
import { functionErrorLine } from '../../local/metrics/function-errors.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { until } from '../support/until.ts';

const PATIENCE_MS = 5_000;

let folder: string;
let agent: MetricsAgent;
let meter: EmfMeter;
const reported: string[] = [];
const dropped: number[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coupon-metrics-'));
  agent = await startMetricsAgent({
    port: 0,
    file: join(folder, 'metrics.jsonl'),
    report: (line) => reported.push(line),
  });
  const write = agentConnection(agent.endpoint, (lines) => dropped.push(lines));
  meter = emfMeter({ service: 'coupon-test', clock: new ManualClock(), write });
});

afterEach(async () => {
  await agent.close();
  await rm(folder, { recursive: true });
});

/** Waits for a line of the page. */
function shown(line: string): Promise<string> {
  return until(`the page shows ${line}`, PATIENCE_MS, async () => {
    const text = await (await fetch(agent.url)).text();
    return text.split('\n').includes(line) ? text : undefined;
  });
}

describe('the agent', () => {
  it('adds up what it gets over TCP, as Prometheus reads it', async () => {
    meter.record('Claims', 2, { outcome: 'accepted' });
    meter.record('ClaimDuration', 30);
    meter.record('ClaimDuration', 2_500);
    meter.record('UnitsLeft', 7, { couponId: 'q1w2e3r4t5y6' });
    meter.flush();
    await shown('coupon_claims_total{outcome="accepted"} 2');
    meter.record('Claims', 1, { outcome: 'accepted' });
    meter.flush();
    const text = await shown('coupon_claims_total{outcome="accepted"} 3');
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        'coupon_claim_duration_seconds_bucket{le="0.05"} 1',
        'coupon_claim_duration_seconds_bucket{le="5"} 2',
        'coupon_claim_duration_seconds_sum 2.53',
        'coupon_units_left{coupon_id="q1w2e3r4t5y6"} 7',
      ]),
    );
    // What nobody has told is not 0.
    expect(text).not.toMatch(/^coupon_ledger_drift /m);
  });

  it('counts failed invocations as Lambda does', async () => {
    agent.take(functionErrorLine('record', Date.now()));
    agent.take(functionErrorLine('record', Date.now()));
    await shown('coupon_function_errors_total{function="record"} 2');
  });

  it('keeps every line as it came', async () => {
    meter.record('Claims', 2, { outcome: 'accepted' });
    meter.flush();
    await shown('coupon_claims_total{outcome="accepted"} 2');
    const text = await until('the line is written', PATIENCE_MS, async () => {
      const read = await readFile(join(folder, 'metrics.jsonl'), 'utf8').catch(() => '');
      return read.endsWith('\n') ? read : undefined;
    });
    expect(JSON.parse(text)).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Namespace: 'Coupon' }] },
      service: 'coupon-test',
      outcome: 'accepted',
      Claims: 2,
    });
  });

  it('reports what makes no sense, and goes on', async () => {
    for (const line of ['{', '{}', functionErrorLine('record', 1).replace('Errors', 'Eros')]) {
      agent.take(line);
    }
    expect(reported).toHaveLength(3);
    agent.take(functionErrorLine('issue', Date.now()));
    await shown('coupon_function_errors_total{function="issue"} 1');
  });
});

describe('a connection to an agent', () => {
  it('that takes nothing keeps a megabyte, drops the rest and tells how much', async () => {
    const sockets: Socket[] = [];
    const hung = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.pause();
    }).listen(0, '127.0.0.1');
    await until('it listens', PATIENCE_MS, () => hung.address() ?? undefined);
    const { port } = hung.address() as AddressInfo;
    const write = agentConnection(`tcp://127.0.0.1:${port}`, (lines) => dropped.push(lines));
    const line = 'x'.repeat(100_000);
    for (let i = 0; i < 300; i += 1) write(line);
    expect(dropped).toEqual([]);
    await until('it is there', PATIENCE_MS, () => sockets[0]);
    let received = 0;
    sockets[0]?.on('data', (bytes) => (received += bytes.length)).resume();
    await until('what was dropped is told', PATIENCE_MS, () => {
      write('y');
      return dropped[0];
    });
    expect(dropped[0]).toBeGreaterThanOrEqual(290);
    await until('the rest came', PATIENCE_MS, () => (received > 800_000 ? true : undefined));
    for (const socket of sockets) socket.destroy();
    hung.close();
  });

  it('that is away never throws, and is tried again a second later', async () => {
    await agent.close();
    for (let i = 0; i < 10; i += 1) {
      meter.record('GatesOpened', 1);
      meter.flush();
    }
    agent = await startMetricsAgent({
      port: 0,
      file: join(folder, 'again'),
      report: () => undefined,
    });
    const write = agentConnection(agent.endpoint, () => undefined);
    write(functionErrorLine('record', 1));
    await shown('coupon_function_errors_total{function="record"} 1');
  });
});
