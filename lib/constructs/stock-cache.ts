import { Fn, Stack } from 'aws-cdk-lib';
import { Connections, Port, SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  CfnParameterGroup,
  CfnReplicationGroup,
  CfnSubnetGroup,
  CfnUser,
  CfnUserGroup,
} from 'aws-cdk-lib/aws-elasticache';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { CacheSize, Environment } from '../environments/environment.ts';
import { accept } from './accepted.ts';
import type { CouponFunction } from './coupon-function.ts';
import { DATA } from './private-network.ts';

/**
 * What the application may do: its scripts, and what they call. Nothing dangerous (FLUSHALL, KEYS,
 * CONFIG, DEBUG) but INFO, by which a script sees whose data it has before it.
 */
export const ACCESS =
  'on ~* -@all +@read +@write +@connection +eval +evalsha +time +cluster -@dangerous +info';

/**
 * A primary that hears of no replica for longer takes no more claims. Seconds: what an isolated one
 * still takes must lie before the fence of the one that replaces it (docs/runbook.md).
 */
const MAX_REPLICA_LAG_S = 2;

export interface StockCacheProps {
  readonly environment: Environment;
  readonly vpc: IVpc;
  readonly key: IKey;
}

/** The gate's Valkey: encrypted, entered by IAM only, and never evicting. */
export class StockCache extends Construct {
  readonly securityGroup: SecurityGroup;
  readonly replicationGroupId: string;
  private readonly userName: string;
  private readonly host: string;
  private readonly size: CacheSize;

  constructor(scope: Construct, id: string, { environment, vpc, key }: StockCacheProps) {
    super(scope, id);
    const { name, cache } = environment;
    this.size = cache;
    this.replicationGroupId = `coupon-${name}`;
    // IAM asks for the same name and id.
    this.userName = `coupon-${name}-app`;
    this.securityGroup = new SecurityGroup(this, 'Border', {
      vpc,
      description: 'Valkey: entered by the functions that need the gate',
      allowAllOutbound: false,
    });
    const user = new CfnUser(this, 'User', {
      engine: 'valkey',
      userId: this.userName,
      userName: this.userName,
      accessString: ACCESS,
      authenticationMode: { Type: 'iam' },
    });
    // Of engine valkey, a group needs no user called default: there is no way in without a name.
    const users = new CfnUserGroup(this, 'Users', {
      engine: 'valkey',
      userGroupId: `coupon-${name}`,
      userIds: [user.ref],
    });
    const parameters = new CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: 'valkey9',
      description: `Gates of coupon ${name}`,
      properties: parametersOf(cache),
    });
    const subnets = new CfnSubnetGroup(this, 'Subnets', {
      description: `Gates of coupon ${name}`,
      subnetIds: vpc.selectSubnets(DATA).subnetIds,
    });
    const group = new CfnReplicationGroup(this, 'Cache', {
      replicationGroupId: this.replicationGroupId,
      replicationGroupDescription: `Gates of coupon ${name}`,
      engine: 'valkey',
      engineVersion: '9.0',
      autoMinorVersionUpgrade: true,
      cacheNodeType: cache.nodeType,
      clusterMode: cache.clusterMode ? 'enabled' : 'disabled',
      numNodeGroups: cache.shards,
      replicasPerNodeGroup: cache.replicas,
      automaticFailoverEnabled: cache.replicas > 0,
      multiAzEnabled: cache.replicas > 0,
      durability: cache.durability,
      cacheParameterGroupName: parameters.ref,
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds: [this.securityGroup.securityGroupId],
      port: PORT,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: true,
      kmsKeyId: key.keyArn,
      userGroupIds: [users.ref],
    });
    group.cfnOptions.updatePolicy = { useOnlineResharding: true };
    group.applyRemovalPolicy(environment.removalPolicy);
    accept(group, {
      AEC6: 'Its user signs in by IAM, with tokens of 15 minutes, instead of one lasting password',
      ...(cache.replicas === 0 && {
        AEC4: 'One node, in dev only: its loss closes all gates until they are rebuilt',
      }),
    });
    this.host = cache.clusterMode
      ? group.attrConfigurationEndPointAddress
      : group.attrPrimaryEndPointAddress;
  }

  /** Lets a function ask the gates, and tells it where they are. */
  serve(caller: CouponFunction): void {
    const { partition, region, account } = Stack.of(caller);
    const arn = `arn:${partition}:elasticache:${region}:${account}`;
    caller.tell('valkeyUrl', Fn.join('', ['rediss://', this.userName, '@', this.host, `:${PORT}`]));
    caller.tell('valkeyIamCache', this.replicationGroupId);
    if (this.size.clusterMode) caller.tell('valkeyCluster', 'true');
    caller.allow(
      new PolicyStatement({
        actions: ['elasticache:Connect'],
        resources: [
          `${arn}:replicationgroup:${this.replicationGroupId}`,
          `${arn}:user:${this.userName}`,
        ],
      }),
    );
    const border = new Connections({ securityGroups: [this.securityGroup] });
    caller.connections.allowTo(border, Port.tcp(PORT), 'the gate');
  }
}

const PORT = 6379;

function parametersOf({ clusterMode, replicas }: CacheSize): Record<string, string> {
  return {
    // Full memory refuses a claim; it never forgets one.
    'maxmemory-policy': 'noeviction',
    'cluster-enabled': clusterMode ? 'yes' : 'no',
    ...(replicas > 0 && {
      'min-replicas-to-write': '1',
      'min-replicas-max-lag': String(MAX_REPLICA_LAG_S),
    }),
  };
}
