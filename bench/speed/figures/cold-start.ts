import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileVariables, makeBundles, type DeployedBundle } from '../../bundles/bundles.ts';
import { median } from '../../numbers.ts';
import type { FunctionName } from '../../../lib/functions.ts';
import type { BenchStack } from '../bench-stack.ts';
import type { Figure } from '../figure.ts';

const run = promisify(execFile);

const BYTES_BAR = { atMost: 800 };
const TIME_BAR = { atMost: 300 };

/** Node's own start is over when this begins. */
const FIRST_REPLY = `
  const event = JSON.parse(process.env.BENCH_EVENT);
  const begun = performance.now();
  const { handler } = await import('./index.mjs');
  const imported = performance.now();
  const reply = await handler(event, {});
  const replied = performance.now();
  console.log(JSON.stringify({ importMs: imported - begun, replyMs: replied - begun, reply }));
  process.exit();
`;

interface ColdStart {
  readonly importMs: number;
  readonly replyMs: number;
  readonly reply: { readonly statusCode?: number } | null;
}

/**
 * Each bundle alone in a new process: how big it is, and how long it takes from its import to its
 * first reply, with servers that it has to connect to.
 *
 * @param tokens of users who have claimed nothing of the coupon; each starts every bundle once
 */
export async function bundleFigures(
  stack: BenchStack,
  couponId: string,
  tokens: readonly string[],
): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'coupon-bundles-'));
  try {
    const bundles = await makeBundles(folder);
    const variables = { ...(await stack.functionVariables()), ...fileVariables(bundles) };
    const figures: Figure[] = [];
    for (const bundle of bundles) {
      const { name, bytes } = bundle;
      const starts: ColdStart[] = [];
      for (const token of tokens) {
        const event = eventFor(name, couponId, token);
        starts.push(await firstReply(bundle, variables, event));
      }
      const replyMs = median(starts.map((start) => start.replyMs));
      const importMs = median(starts.map((start) => start.importMs));
      figures.push(
        { name: `bundle of ${name}`, value: bytes / 1000, unit: 'KB', bar: BYTES_BAR },
        {
          name: `cold start of ${name}: import to first reply`,
          value: replyMs,
          unit: 'ms',
          bar: TIME_BAR,
          detail: { importMs },
        },
      );
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function firstReply(
  { name, folder }: DeployedBundle,
  variables: Readonly<Record<string, string>>,
  event: unknown,
): Promise<ColdStart> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', FIRST_REPLY], {
    cwd: folder,
    env: { ...variables, BENCH_EVENT: JSON.stringify(event) },
  });
  const start = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ColdStart;
  const { statusCode = 200 } = start.reply ?? {};
  if (statusCode >= 300) throw new Error(`${name} replies ${stdout}`);
  return start;
}

/** What each function does most; those of the schedules find nothing to do. */
function eventFor(name: FunctionName, couponId: string, token: string): unknown {
  const http = (httpMethod: string, path: string): unknown => ({
    httpMethod,
    path,
    multiValueHeaders: { authorization: [`Bearer ${token}`] },
    multiValueQueryStringParameters: {},
    body: '',
    isBase64Encoded: false,
  });
  switch (name) {
    case 'issue':
      return http('POST', `/v1/coupons/${couponId}/issuances`);
    case 'redeem':
      return http('GET', '/v1/issuances');
    case 'manage':
      return http('GET', `/v1/coupons/${couponId}`);
    case 'record':
      return recordEvent();
    default:
      return {};
  }
}

/** A record that can't be read: the way to PostgreSQL and back is the same. */
function recordEvent(): unknown {
  const topic = 'bench';
  const value = Buffer.from('not JSON').toString('base64');
  const place = { topic, partition: 0, offset: 0, timestamp: 0, timestampType: 'CREATE_TIME' };
  return { eventSource: 'aws:kafka', records: { 'bench-0': [{ ...place, value, headers: [] }] } };
}
