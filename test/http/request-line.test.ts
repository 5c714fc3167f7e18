import { beforeEach, describe, expect, it } from '@jest/globals';
import { json, problem } from '../../lambdas/http/answer.ts';
import type { HttpHandlerOptions } from '../../lambdas/http/http-handler.ts';
import { issueEndpoint } from '../../lambdas/functions/issue/handler.ts';
import { PublishOutcomeUnknown } from '../../lambdas/domain/ports.ts';
import { MemoryLogger } from '../fakes/memory-logger.ts';
import { httpFunction, type FunctionCall } from '../support/http-function.ts';
import { ProtocolBench } from '../support/protocol-bench.ts';

const TRACE = '1-6b032c9a-9784039597f0000000000005';
const PARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const ISSUANCE = `couponcoupon_${'A'.repeat(22)}`;

let logger: MemoryLogger;

beforeEach(() => {
  logger = new MemoryLogger(true);
});

async function call(
  endpoints: HttpHandlerOptions['endpoints'],
  { headers = {}, ...rest }: FunctionCall,
): Promise<void> {
  const send = httpFunction({ endpoints, logger });
  await send({ ...rest, headers: { 'x-amzn-trace-id': `Root=${TRACE}`, ...headers } });
}

const ok = () => Promise.resolve(json(200, {}));

describe('the line of a request', () => {
  it('says which route it took, how it ended, and how long it took', async () => {
    await call({ getIssuance: ok }, { path: `/v1/issuances/${ISSUANCE}`, token: 'anna.use' });
    expect(logger.lines).toEqual([
      {
        level: 'info',
        message: 'request',
        fields: {
          requestId: TRACE,
          route: 'getIssuance',
          issuanceId: ISSUANCE,
          status: 200,
          outcome: 'ok',
          ms: expect.any(Number) as unknown,
        },
      },
    ]);
  });

  it('has the code of the problem, and nothing of a path that names something else', async () => {
    const refuse = () => Promise.resolve(problem('issuance_not_found'));
    await call({ getIssuance: refuse }, { path: '/v1/issuances/anna', token: 'anna.use' });
    await call({ getIssuance: refuse }, { path: '/v1/issuances/anna' });
    expect(logger.lines.map(({ fields }) => fields)).toMatchObject([
      { outcome: 'issuance_not_found', status: 404, issuanceId: undefined },
      { outcome: 'unauthenticated', status: 401, route: undefined },
    ]);
    expect(JSON.stringify(logger.lines)).not.toContain('anna');
  });

  it('is not written for the health checks of the load balancer, or where nobody reads it', async () => {
    await call({}, { path: '/', headers: { 'user-agent': 'ELB-HealthChecker/2.0' } });
    expect(logger.lines).toEqual([]);
    logger = new MemoryLogger(false);
    await call({ getIssuance: ok }, { path: `/v1/issuances/${ISSUANCE}`, token: 'anna.use' });
    expect(logger.lines).toEqual([]);
  });
});

describe('the line of a claim', () => {
  let bench: ProtocolBench;
  let couponId: string;

  beforeEach(async () => {
    bench = new ProtocolBench();
    couponId = await bench.openCoupon({ quantity: 1 });
  });

  const claim = async (user: string, headers: FunctionCall['headers'] = {}): Promise<void> => {
    const path = `/v1/coupons/${couponId}/issuances`;
    const endpoints = { issueCoupon: issueEndpoint(bench.issueDependencies) };
    await call(endpoints, { method: 'POST', path, token: `${user}.use`, headers });
  };

  it('has its issuance and what each step took', async () => {
    await claim('anna');
    await claim('anna');
    await claim('ben');
    const common = { requestId: TRACE, route: 'issueCoupon', couponId };
    const issuanceId = bench.idOf(couponId, 'anna');
    expect(logger.lines).toMatchObject([
      {
        message: 'claim',
        fields: {
          ...common,
          issuanceId,
          status: 202,
          outcome: 'accepted',
          gateMs: 0,
          publishMs: 0,
        },
      },
      { fields: { ...common, issuanceId, status: 200, outcome: 'repeated' } },
      { fields: { ...common, issuanceId: undefined, status: 409, outcome: 'sold_out' } },
    ]);
  });

  it('has them also when the outcome is not known', async () => {
    bench.log.mood = 'reply lost';
    await claim('anna');
    const issuanceId = bench.idOf(couponId, 'anna');
    const fault = PublishOutcomeUnknown.name;
    expect(logger.lines).toMatchObject([
      { level: 'warn', message: 'outcome unknown', fields: { requestId: TRACE, fault } },
      { fields: { issuanceId, outcome: 'outcome_unknown', publishMs: 0 } },
    ]);
  });

  it('shares its id with the record in Kafka, and a trace that the caller began', async () => {
    await claim('anna', { traceparent: PARENT });
    expect(bench.log.records).toMatchObject([
      { origin: { requestId: TRACE, traceParent: PARENT } },
    ]);
  });

  it('takes no trace that does not look like one', async () => {
    await claim('anna', { traceparent: 'Bearer anna' });
    expect(bench.log.records[0]?.origin).toMatchObject({ traceParent: undefined });
  });
});
