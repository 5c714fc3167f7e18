import { Aws, CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * A value that is made of attributes, for stacks that are deployed later. CDK carries attributes
 * themselves from stack to stack, but not what is made of them.
 *
 * @param name of the output of the stack that `scope` is in
 */
export function published(scope: Construct, name: string, value: string): string {
  const output = new CfnOutput(scope, name, { value });
  output.overrideLogicalId(name);
  return Fn.getStackOutput(Stack.of(scope).stackName, name, Aws.REGION);
}
