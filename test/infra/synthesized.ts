import { App, CfnElement } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
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

/**
 * The dev stack as `cdk synth` makes it.
 * @param outdir takes the bundles; without it none are made
 */
export function synthesizeDev(outdir?: string): Synthesized {
  const choice = chooseEnvironment('dev');
  if (!choice.ok) throw new Error(choice.refusal);
  const { environment } = choice;
  const app = new App(
    outdir === undefined
      ? { context: { ...context, 'aws:cdk:bundling-stacks': [] } }
      : { context, outdir },
  );
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
