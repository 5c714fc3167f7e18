import { RemovalPolicy } from 'aws-cdk-lib';
import { isRate } from '../../lambdas/config/notify-rates.ts';
import { CHANNELS } from '../../lambdas/domain/notification.ts';
import type { Environment } from './environment.ts';
import { faultsOfChannels, faultsOfInstallation } from './installation.ts';

/** Node types with synchronous durability: ElastiCache's guide, "Durability: limitations". */
const DURABLE_NODE = /^cache\.([rm][678]g|c[78]gn)\./;

/** One sentence for each thing in it that AWS would refuse, or that would break a promise. */
export function faultsOf(environment: Environment): string[] {
  return [
    ...faultsOfCache(environment),
    ...faultsOfStream(environment),
    ...faultsOfFunctions(environment),
    ...faultsOfProtection(environment),
    ...faultsOfAlarms(environment),
    ...faultsOfWatching(environment),
    ...faultsOfRates(environment),
    ...faultsOfInstallation(environment.installation),
    ...faultsOfChannels(environment.installation),
  ];
}

type Check = readonly [isFault: boolean, fault: string];

function failing(checks: readonly Check[]): string[] {
  return checks.filter(([isFault]) => isFault).map(([, fault]) => fault);
}

function faultsOfCache({ cache, network }: Environment): string[] {
  const isDurable = cache.durability === 'sync';
  return failing([
    [isDurable && !cache.clusterMode, 'cache.durability "sync" needs cache.clusterMode'],
    [isDurable && cache.replicas < 1, 'cache.durability "sync" needs cache.replicas'],
    [
      isDurable && !DURABLE_NODE.test(cache.nodeType),
      `cache.durability "sync" does not exist on ${cache.nodeType}`,
    ],
    [!cache.clusterMode && cache.shards !== 1, 'cache.shards above 1 need cache.clusterMode'],
    [
      cache.replicas === 1 && !isDurable,
      'cache.replicas 1 stops all claims while it is replaced: 0, or 2 and more',
    ],
    [
      cache.replicas >= network.zones && cache.replicas > 2,
      `cache.replicas ${cache.replicas} have no zone of their own in ${network.zones}`,
    ],
  ]);
}

function faultsOfStream({ stream, network, record }: Environment): string[] {
  const brokers = stream.brokersPerZone * network.zones;
  return failing([
    [
      brokers < stream.replicationFactor,
      `stream.replicationFactor ${stream.replicationFactor} needs as many brokers; there are ${brokers}`,
    ],
    [
      stream.brokerType === 'kafka.t3.small' && /kraft$|^4/.test(stream.kafkaVersion),
      `stream.brokerType kafka.t3.small cannot run Kafka ${stream.kafkaVersion}`,
    ],
    [
      (record.pollers?.maximum ?? 1) > stream.partitions,
      'record.pollers.maximum is above stream.partitions: some would have nothing to do',
    ],
    [
      record.pollers !== undefined && record.pollers.minimum > record.pollers.maximum,
      'record.pollers.minimum is above record.pollers.maximum',
    ],
  ]);
}

function faultsOfFunctions({ concurrency }: Environment): string[] {
  return Object.entries(concurrency).flatMap(([name, { reserved, provisioned = 0 }]) =>
    reserved !== undefined && provisioned > reserved
      ? [`concurrency.${name}.provisioned is above concurrency.${name}.reserved`]
      : [],
  );
}

function faultsOfAlarms({ installation }: Environment): string[] {
  const { slackWorkspace, slackChannel } = installation;
  const isHalf = (slackWorkspace === undefined) !== (slackChannel === undefined);
  return failing([[isHalf, 'slackWorkspace and slackChannel go together']]);
}

const LAYER_ARN = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:layer:[\w-]+:[0-9]+$/;

function faultsOfWatching({ logAnalytics, telemetry }: Environment): string[] {
  const { instanceType = '.search' } = logAnalytics ?? {};
  const share = telemetry?.sampledShare ?? 0;
  return failing([
    [
      !instanceType.endsWith('.search') || /^t[23]\./.test(instanceType),
      `logAnalytics.instanceType ${instanceType} is none that OpenSearch has for steady work`,
    ],
    [!(share >= 0 && share <= 1), 'telemetry.sampledShare is to be from 0 to 1'],
    [
      telemetry !== undefined && !LAYER_ARN.test(telemetry.layerArn),
      'telemetry.layerArn is no ARN of a version of a layer',
    ],
  ]);
}

function faultsOfRates({ notifications }: Environment): string[] {
  const channels: readonly string[] = CHANNELS;
  return Object.entries(notifications.rates).flatMap(([channel, perSecond]) => {
    const name = `notifications.rates.${channel}`;
    return failing([
      [!channels.includes(channel), `${name} is of no channel; there is ${CHANNELS.join(', ')}`],
      [!isRate(perSecond), `${name} is ${perSecond}: whole messages a second, 1 or more`],
    ]);
  });
}

/** What may be weak in dev only. */
function faultsOfProtection(environment: Environment): string[] {
  const { name, api, cache, stream, database, removalPolicy } = environment;
  if (name === 'dev') return [];
  return failing([
    [api.https === 'none', 'api.https is "none": tokens would travel unprotected'],
    [stream.replicationFactor < 3, 'stream.replicationFactor is below 3: a broker less stops all'],
    [cache.replicas === 0, 'cache.replicas is 0: each restart of the cache closes all gates'],
    [!database.multiAz, 'database.multiAz is off'],
    [database.backupDays < 7, 'database.backupDays is below 7'],
    [removalPolicy !== RemovalPolicy.RETAIN, 'removalPolicy would delete data with the stack'],
    [
      environment.corsOrigins.includes('*'),
      'corsOrigins has "*": any page could call with its visitor’s token',
    ],
  ]);
}
