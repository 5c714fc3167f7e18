import { ArnFormat, Duration, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import { Connections, InstanceType, Port, SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  DatabaseProxy,
  DefaultAuthScheme,
  ParameterGroup,
  PostgresEngineVersion,
  ProxyTarget,
  StorageType,
  type CfnDBInstance,
} from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { DATABASE_LOG } from '../../lambdas/config/database-log.ts';
import type { Environment } from '../environments/environment.ts';
import { accept } from './accepted.ts';
import type { CouponFunction } from './coupon-function.ts';
import { DATA } from './private-network.ts';
import { published } from './published.ts';

const PORT = 5432;
const DATABASE = 'coupons';
/** Owns the tables, and is used by migrations only. */
const OWNER = 'coupon_owner';
/** The application's: the first migration creates it. */
const APP = 'coupon_app';

/** Where Lambda keeps the certificates of RDS; those of a proxy are of Amazon's public authority. */
const CA_FILE = '/var/runtime/ca-cert.pem';

export interface CouponDatabaseProps {
  readonly environment: Environment;
  readonly vpc: IVpc;
  readonly key: IKey;
}

interface Proxy {
  readonly self: DatabaseProxy;
  readonly border: SecurityGroup;
  /** What may be connected to through it. */
  readonly appArn: string;
}

/** The ledger's PostgreSQL: TLS only, entered by IAM; RDS keeps and rotates its owner's password. */
export class CouponDatabase extends Construct {
  private readonly instance: DatabaseInstance;
  private readonly border: SecurityGroup;
  private readonly ownerSecretArn: string;
  private readonly identifier: string;
  private readonly key: IKey;
  private readonly proxy: Proxy | undefined;

  constructor(scope: Construct, id: string, { environment, vpc, key }: CouponDatabaseProps) {
    super(scope, id);
    const { database, removalPolicy } = environment;
    this.identifier = `coupon-${environment.name}`;
    const isProtected = removalPolicy !== RemovalPolicy.DESTROY;
    const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_18_3 });
    this.key = key;
    this.border = new SecurityGroup(this, 'Border', {
      vpc,
      description: 'PostgreSQL: entered by the functions that need the ledger',
      allowAllOutbound: false,
    });
    this.instance = new DatabaseInstance(this, 'Instance', {
      instanceIdentifier: this.identifier,
      engine,
      vpc,
      vpcSubnets: DATA,
      securityGroups: [this.border],
      port: PORT,
      databaseName: DATABASE,
      // Replaced below: RDS makes one itself.
      credentials: Credentials.fromPassword(OWNER, SecretValue.unsafePlainText('of RDS')),
      iamAuthentication: true,
      instanceType: new InstanceType(database.instanceType),
      multiAz: database.multiAz,
      storageType: StorageType.GP3,
      allocatedStorage: database.gigabytes,
      maxAllocatedStorage: database.gigabytes * 5,
      storageEncrypted: true,
      storageEncryptionKey: key,
      backupRetention: Duration.days(database.backupDays),
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: !isProtected,
      deletionProtection: isProtected,
      removalPolicy,
      autoMinorVersionUpgrade: true,
      publiclyAccessible: false,
      cloudwatchLogsExports: ['postgresql'],
      parameterGroup: new ParameterGroup(this, 'Parameters', {
        engine,
        parameters: { 'rds.force_ssl': '1', ...DATABASE_LOG },
      }),
    });
    accept(this.instance, {
      RDS11: 'Nobody but the functions can reach it; another port would hide it from nobody else',
      ...(!database.multiAz && { RDS3: 'One machine, in dev only: what fails is restored' }),
      ...(!isProtected && { RDS10: 'Dev is deleted with all that is in it' }),
    });
    const logs = new LogGroup(this, 'Logs', {
      // RDS writes into the group of this name, and would make one that keeps everything for ever.
      logGroupName: `/aws/rds/instance/${this.identifier}/postgresql`,
      retention: environment.logRetention,
      removalPolicy,
    });
    this.instance.node.addDependency(logs);
    this.ownerSecretArn = this.letRdsKeepThePassword();
    this.proxy = database.proxy ? this.addProxy(vpc) : undefined;
  }

  /** Lets a function work with the ledger; one that answers users does so through the proxy. */
  serve(caller: CouponFunction): void {
    const through = caller.answersUsers ? this.proxy : undefined;
    const { dbInstanceEndpointAddress } = this.instance;
    const host = through?.self.endpoint ?? dbInstanceEndpointAddress;
    caller.tell('databaseUrl', urlOf(APP, host));
    caller.tell('databaseIam', 'true');
    if (through === undefined) caller.tell('databaseCaFile', CA_FILE);
    caller.allow(
      new PolicyStatement({
        actions: ['rds-db:connect'],
        resources: [through?.appArn ?? this.userArn(this.instanceId(), APP)],
      }),
    );
    caller.connections.allowTo(
      asPeer(through?.border ?? this.border),
      Port.tcp(PORT),
      'the ledger',
    );
  }

  /** Lets a function change the schema, as its owner. */
  letMigrate(migrator: CouponFunction): void {
    migrator.tell('migrationDatabaseUrl', urlOf(OWNER, this.instance.dbInstanceEndpointAddress));
    migrator.tell('migrationSecretArn', this.ownerSecretArn);
    migrator.tell('databaseCaFile', CA_FILE);
    migrator.allow(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        resources: [this.ownerSecretArn],
      }),
      new PolicyStatement({ actions: ['kms:Decrypt'], resources: [this.key.keyArn] }),
    );
    migrator.connections.allowTo(asPeer(this.border), Port.tcp(PORT), 'the ledger');
    migrator.reachAws();
  }

  /** RDS generates it, keeps it in Secrets Manager and changes it every week. */
  private letRdsKeepThePassword(): string {
    const instance = this.instance.node.defaultChild as CfnDBInstance;
    instance.masterUserPassword = undefined;
    instance.manageMasterUserPassword = true;
    instance.masterUserSecret = { kmsKeyId: this.key.keyArn };
    return instance.attrMasterUserSecretSecretArn;
  }

  private addProxy(vpc: IVpc): Proxy {
    const border = new SecurityGroup(this, 'ProxyBorder', {
      vpc,
      description: 'Proxy of PostgreSQL: entered by the functions that answer users',
      allowAllOutbound: false,
    });
    border.connections.allowTo(asPeer(this.border), Port.tcp(PORT), 'the ledger itself');
    const role = new Role(this, 'ProxyRole', {
      assumedBy: new ServicePrincipal('rds.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['rds-db:connect'],
        resources: [this.userArn(this.instanceId(), APP)],
      }),
    );
    const self = new DatabaseProxy(this, 'Proxy', {
      proxyTarget: ProxyTarget.fromInstance(this.instance),
      dbProxyName: this.identifier,
      vpc,
      vpcSubnets: DATA,
      securityGroups: [border],
      role,
      requireTLS: true,
      // From the function to the proxy, and from there to the database.
      defaultAuthScheme: DefaultAuthScheme.IAM_AUTH,
      // A function waits 0.8 s for a connection; whoever queues here for longer is gone.
      borrowTimeout: Duration.seconds(1),
    });
    // IAM knows a proxy by the id at the end of its ARN.
    const { resourceName = '' } = Stack.of(this).splitArn(
      self.dbProxyArn,
      ArnFormat.COLON_RESOURCE_NAME,
    );
    const appArn = published(this, 'ProxyUserArn', this.userArn(resourceName, APP));
    return { self, border, appArn };
  }

  private instanceId(): string {
    return this.instance.instanceResourceId ?? '';
  }

  private userArn(resourceId: string, user: string): string {
    return Stack.of(this).formatArn({
      service: 'rds-db',
      resource: 'dbuser',
      resourceName: `${resourceId}/${user}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}

function urlOf(user: string, host: string): string {
  return `postgres://${user}@${host}:${PORT}/${DATABASE}`;
}

function asPeer(border: SecurityGroup): Connections {
  return new Connections({ securityGroups: [border] });
}
