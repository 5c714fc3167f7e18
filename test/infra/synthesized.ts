import { App, CfnElement } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseEnvironment } from '../../lib/environments.ts';
import type { FunctionName } from '../../lib/functions.ts';
import { storedSettings } from '../../lib/service-settings.ts';
import { ServiceStack } from '../../lib/service-stack.ts';

/** What the CLI passes to the app: without it other defaults hold. */
const { context } = JSON.parse(
  readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
) as { context: Record<string, unknown> };

export interface Synthesized {
  readonly template: Template;
  /** The template's id of a function. */
  readonly idOf: (name: FunctionName) => string;
}

/** The dev stack as `cdk synth` makes it, with the bundles in `outdir`. */
export function synthesizeDev(outdir: string): Synthesized {
  return synthesize(new App({ context, outdir }));
}

/** The same without bundles, which take some seconds. */
export function synthesizeDevTemplate(): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'coupon-template-'));
  try {
    return synthesize(new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] }, outdir }));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function synthesize(app: App): Synthesized {
  const choice = chooseEnvironment('dev');
  if (!choice.ok) throw new Error(choice.refusal);
  const { environment } = choice;
  const stack = new ServiceStack(app, 'coupon-dev-service', {
    environment,
    settings: storedSettings(environment.name),
  });
  const template = Template.fromStack(stack);
  return {
    template,
    idOf: (name) => {
      const resource = stack.functions[name].node.defaultChild;
      if (!CfnElement.isCfnElement(resource)) throw new Error(`${name} has no resource`);
      return stack.getLogicalId(resource);
    },
  };
}
