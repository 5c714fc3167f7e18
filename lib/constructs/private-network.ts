import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InstanceClass,
  InstanceSize,
  InstanceType,
  NatProvider,
  type NatInstanceProviderV2,
  NatTrafficDirection,
  Peer,
  Port,
  SubnetType,
  Vpc,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../environments/environment.ts';
import { accept } from './accepted.ts';

/** The load balancer's. */
export const PUBLIC: SubnetSelection = { subnetGroupName: 'public' };
/** With a way out, and none in. */
export const FUNCTIONS: SubnetSelection = { subnetGroupName: 'functions' };
/** With no way out or in but from the functions. */
export const DATA: SubnetSelection = { subnetGroupName: 'data' };

/** Three kinds of subnets in each zone, and a log of what was refused between them. */
export class PrivateNetwork extends Construct {
  readonly vpc: Vpc;

  constructor(scope: Construct, id: string, { network, logRetention, removalPolicy }: Environment) {
    super(scope, id);
    const instance = network.nat === 'instance' ? natInstance() : undefined;
    this.vpc = new Vpc(this, 'Vpc', {
      maxAzs: network.zones,
      natGateways: network.nat === 'instance' ? 1 : network.zones,
      ...(instance ? { natGatewayProvider: instance } : {}),
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        // Lambda takes an address for each combination of subnet and security groups, brokers and
        // caches one a node: these are far more than are ever used.
        { name: 'functions', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 22 },
        { name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      // Costs nothing, and keeps the bundles' buckets off the way out.
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    });
    const logs = new LogGroup(this, 'FlowLogs', { retention: logRetention, removalPolicy });
    this.vpc.addFlowLog('Refused', {
      destination: FlowLogDestination.toCloudWatchLogs(logs),
      trafficType: FlowLogTrafficType.REJECT,
    });
    for (const machine of instance?.gatewayInstances ?? []) {
      accept(machine, {
        EC26: 'It keeps nothing: it only hands packets on',
        EC28: 'What counts is whether functions get out, and that shows in their errors',
        EC29: 'It may be replaced at any time',
      });
    }
    for (const subnet of instance ? this.vpc.selectSubnets(FUNCTIONS).subnets : []) {
      instance?.connections.allowFrom(
        Peer.ipv4(subnet.ipv4CidrBlock),
        Port.HTTPS,
        'from functions',
      );
    }
  }
}

/** One small machine instead of gateways: a tenth of their cost, and no more than one zone. */
function natInstance(): NatInstanceProviderV2 {
  return NatProvider.instanceV2({
    instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.NANO),
    defaultAllowedTraffic: NatTrafficDirection.OUTBOUND_ONLY,
  });
}
