import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Fn } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { PrivateNetwork } from './constructs/private-network.ts';
import type { Environment } from './environments/environment.ts';

export interface NetworkStackProps extends StackProps {
  readonly environment: Environment;
}

/** Where everything else lives. */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  private readonly zones: number;

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    this.zones = props.environment.network.zones;
    this.vpc = new PrivateNetwork(this, 'Network', props.environment).vpc as IVpc;
  }

  /** The first ones of whatever region it is deployed to: CDK itself would offer two only. */
  override get availabilityZones(): string[] {
    return Array.from({ length: this.zones }, (_, i) => Fn.select(i, Fn.getAzs()));
  }
}
