import { closeSync, openSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';
import { systemClock } from '../../../lambdas/adapters/clock/system-clock.ts';
import { emfMeter } from '../../../lambdas/adapters/emf/emf-meter.ts';
import { deadlineAfter } from '../../../lambdas/domain/deadline.ts';
import { measureGate, measureLog } from '../../../lambdas/domain/measured-ports.ts';
import type { ClaimLog, StockGate } from '../../../lambdas/domain/ports.ts';
import { json } from '../../../lambdas/http/answer.ts';
import { measureAnswer } from '../../../lambdas/http/measure-answer.ts';
import { readEmfLine } from '../../../local/metrics/emf-line.ts';
import { metricsRegistry } from '../../../local/metrics/registry.ts';
import { median } from '../../numbers.ts';
import type { Figure } from '../figure.ts';

/** Microseconds. A claim takes some 160 of them all together. */
const BAR = { atMost: 10 };
const ROUNDS = 5;

/** Of ports that do nothing, so that what is left is the measuring. */
const gate: Pick<StockGate, 'claim'> = {
  claim: () => Promise.resolve({ kind: 'closed', why: 'missing' }),
};
const log: Pick<ClaimLog, 'publish'> = { publish: () => Promise.resolve() };
const request = { couponId: '', userId: '', userKey: '', digest: '', keyedDigest: undefined };
const event = { httpMethod: 'POST', path: '/v1/coupons/q1w2e3r4t5y6/issuances' };
const answer = json(202, {});

/** What it costs to measure a claim: processor time, with what is written for CloudWatch. */
export async function measuringFigures(claims: number): Promise<Figure[]> {
  const rounds: { measuring: number; agent: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureRound(claims));
  return [
    {
      name: 'measuring a claim: processor time',
      value: median(rounds.map(({ measuring }) => measuring)),
      unit: 'µs',
      bar: BAR,
      detail: rounds,
    },
    {
      name: "measuring a claim: the local agent's, besides",
      value: median(rounds.map(({ agent }) => agent)),
      unit: 'µs',
    },
  ];
}

async function measureRound(claims: number): Promise<{ measuring: number; agent: number }> {
  const stdout = openSync(devNull, 'w');
  const lines: string[] = [];
  const meter = emfMeter({
    service: 'bench',
    clock: systemClock,
    write: (line) => {
      writeSync(stdout, `${line}\n`);
      lines.push(line);
    },
  });
  const deadline = deadlineAfter(systemClock, 60_000);
  const claimAll = async (ports: { gate: typeof gate; log: typeof log }, told: () => void) => {
    for (let i = 0; i < claims; i += 1) {
      await ports.gate.claim(request);
      await ports.log.publish('', '', deadline);
      told();
    }
  };
  const measured = {
    gate: measureGate(gate, meter, systemClock),
    log: measureLog(log, meter, systemClock),
  };
  const told = (): void => {
    const answered = measureAnswer(
      { meter, clock: systemClock, countUnexpected: () => undefined },
      event,
    );
    answered(answer, 'issueCoupon');
    meter.flushIfDue();
  };
  const without = await processorTime(() => claimAll({ gate, log }, () => undefined));
  const withIt = await processorTime(async () => {
    await claimAll(measured, told);
    meter.flush();
  });
  closeSync(stdout);
  const registry = metricsRegistry();
  const agent = await processorTime(() => {
    for (const line of lines) for (const metric of readEmfLine(line)) registry.take(metric);
  });
  return { measuring: (withIt - without) / claims, agent: agent / claims };
}

/** Microseconds. */
async function processorTime(work: () => Promise<void> | void): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
