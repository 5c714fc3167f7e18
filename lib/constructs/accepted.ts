import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Takes findings of cdk-nag's AwsSolutions rules on `construct` as meant, each with its reason.
 *
 * @param reasons by the rule's name without `AwsSolutions-`, and what it found in brackets
 */
export function accept(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [rule, reason] of Object.entries(reasons)) {
    Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
  }
}
