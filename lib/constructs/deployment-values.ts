import { CfnParameter } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  INSTALLATION,
  type Installation,
  type RequiredValue,
} from '../environments/installation.ts';

/**
 * What only the owner of the account can know, as a value where the environment has it, and else as
 * a parameter without a default: CloudFormation refuses to deploy without it, and names it.
 */
export class DeploymentValues extends Construct {
  private readonly installation: Installation;

  constructor(scope: Construct, id: string, installation: Installation) {
    super(scope, id);
    this.installation = installation;
  }

  get(name: RequiredValue): string {
    return this.installation[name] ?? this.parameter(name).valueAsString;
  }

  private parameter(name: RequiredValue): CfnParameter {
    const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const { pattern, description } = INSTALLATION[name];
    const parameter = new CfnParameter(this, id, {
      type: 'String',
      description,
      allowedPattern: pattern,
      constraintDescription: description,
    });
    // Whoever deploys writes it: without the path of this construct before it.
    parameter.overrideLogicalId(id);
    return parameter;
  }
}
