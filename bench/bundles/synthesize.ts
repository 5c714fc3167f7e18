import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { EnvironmentName } from '../../lib/environments/environment.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface SynthesisOptions {
  readonly outdir: string;
  /** Bundling takes some seconds; without it all functions have the same, senseless code. */
  readonly bundles?: boolean;
  /** What `-c name=value` would say. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Runs the CDK app as `cdk synth` does, in a process of its own.
 *
 * @throws Error with what it said when it ends with another exit code than 0, and has
 *   written no template: what CDK and cdk-nag find in one is a test's to judge
 */
export async function synthesize(
  environment: EnvironmentName,
  { outdir, bundles = false, context = {} }: SynthesisOptions,
): Promise<void> {
  const ofTheApp = JSON.parse(readFileSync(`${ROOT}/cdk.json`, 'utf8')) as {
    context: Record<string, unknown>;
  };
  const app = spawn(process.execPath, ['bin/coupon.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({
        ...ofTheApp.context,
        ...context,
        environment,
        ...(bundles ? {} : { 'aws:cdk:bundling-stacks': [] }),
      }),
    },
  });
  let said = '';
  app.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = (await once(app, 'close')) as [number | null];
  if (code !== 0 && !existsSync(join(outdir, `coupon-${environment}-service.template.json`)))
    throw new Error(`${environment} was not synthesized:\n${said}`);
}
