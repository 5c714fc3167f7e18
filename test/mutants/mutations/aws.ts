import type { Mutation } from '../mutation.ts';

const CACHE = 'lib/constructs/stock-cache.ts';
const STREAM = 'lib/constructs/issuance-stream.ts';
const API = 'lib/constructs/coupon-api.ts';
const CONSUMER = 'lib/constructs/issuance-consumer.ts';
const DATA_TESTS = 'test/infra/data-stack.test.ts';
const FLOOR = 'test/infra/security-floor.test.ts';
const ROUTE_TESTS = 'test/infra/routes.test.ts';

export const awsMutations: readonly Mutation[] = [
  {
    name: 'The cache’s security group is open to the world',
    loss: 'One wrong route table, and anybody may try to sign in to the gates.',
    file: CACHE,
    find: `    const user = new CfnUser(this, 'User', {`,
    replace: `    this.securityGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(PORT));
    const user = new CfnUser(this, 'User', {`,
    also: [
      {
        file: CACHE,
        find: `import { Connections, Port,`,
        replace: `import { Connections, Peer, Port,`,
      },
    ],
    caughtBy: {
      file: FLOOR,
      title: 'lets the world in at the load balancer only, at 443 and at 80',
    },
  },
  {
    name: 'The cache takes connections without TLS too',
    loss: 'Claims and sign-ins can be read in the network.',
    file: CACHE,
    find: `transitEncryptionMode: 'required'`,
    replace: `transitEncryptionMode: 'preferred'`,
    caughtBy: { file: DATA_TESTS, title: 'speaks TLS only' },
  },
  {
    name: 'Brokers take connections without TLS too',
    loss: 'Whom a claim belongs to can be read in the network.',
    file: STREAM,
    find: `clientBroker: 'TLS'`,
    replace: `clientBroker: 'TLS_PLAINTEXT'`,
    caughtBy: { file: DATA_TESTS, title: 'speaks TLS only, among brokers too' },
  },
  {
    name: 'The load balancer speaks old TLS',
    loss: 'A shopper’s token can be read by whoever breaks what was broken long ago.',
    file: API,
    find: `sslPolicy: SslPolicy.TLS13_12_RES_PQ`,
    replace: `sslPolicy: SslPolicy.TLS11`,
    caughtBy: {
      file: FLOOR,
      title:
        'speaks TLS 1.3, or 1.2 with what is safe in it; dev without a certificate is a choice',
    },
  },
  {
    name: 'Who publishes may do anything with Kafka',
    loss: 'One function that is taken over deletes the topic, and with it what was accepted.',
    file: STREAM,
    find: `this.kafka(this.topic.attrTopicArn, 'DescribeTopic', 'WriteData')`,
    replace: `this.kafka(this.topic.attrTopicArn, '*')`,
    caughtBy: { file: 'test/infra/roles.test.ts', title: 'no statement has an action with a *' },
  },
  {
    name: 'One broker alone may acknowledge',
    loss: 'A broker that dies takes accepted claims with it.',
    file: STREAM,
    find: `{ 'min.insync.replicas': '2', 'unclean`,
    replace: `{ 'unclean`,
    caughtBy: {
      file: DATA_TESTS,
      title: 'acknowledges what two brokers have, and lets none lead that has fallen behind',
    },
  },
  {
    name: 'The event source mapping has a destination for failures',
    loss: 'After ten tries the offset moves past claims that no row tells of; a rebuild gives them again.',
    file: CONSUMER,
    find: `    this.mapping.node.addDependency(stream.topic);`,
    replace: `    (this.mapping.node.defaultChild as CfnEventSourceMapping).destinationConfig = {
      onFailure: { destination: 'arn:aws:sqs:eu-west-1:123456789012:failed' },
    };
    this.mapping.node.addDependency(stream.topic);`,
    also: [
      {
        file: CONSUMER,
        find: `import { EventSourceMapping,`,
        replace: `import { type CfnEventSourceMapping, EventSourceMapping,`,
      },
    ],
    caughtBy: {
      file: DATA_TESTS,
      title: 'delivers for ever: it has no destination for failures, no last try and no age',
    },
  },
  {
    name: 'Memory that is full makes the cache forget',
    loss: 'A claim that is forgotten lets its user in again, and closes the gate in the middle of an event.',
    file: CACHE,
    find: `'maxmemory-policy': 'noeviction'`,
    replace: `'maxmemory-policy': 'allkeys-lru'`,
    caughtBy: {
      file: DATA_TESTS,
      title: 'refuses a claim when its memory is full, and forgets none',
    },
  },
  {
    name: 'The load balancer has a rule less than the local front',
    loss: 'Claims reach the function for operators, which answers 404 to all shoppers.',
    file: API,
    find: `of targetGroupRules.entries()`,
    replace: `of targetGroupRules.slice(1).entries()`,
    caughtBy: {
      file: ROUTE_TESTS,
      title:
        'takes every method and path, right or wrong, to the function that the local front takes it to',
    },
  },
  {
    name: 'A route is dropped from the table of rules',
    loss: 'Redeeming by code reaches a function that does not know it, here and on AWS alike.',
    file: 'lambdas/routes.ts',
    find: `'/v1/issuances/*', '/v1/redemptions', '/v1/redemptions/*'],`,
    replace: `'/v1/issuances/*', '/v1/redemptions/*'],`,
    caughtBy: { file: ROUTE_TESTS, title: 'takes %s to the function that answers it' },
  },
  {
    name: 'Functions are changed before the schema is',
    loss: 'For minutes of each deployment the new code asks for columns that are not there.',
    file: 'lib/constructs/schema-migration.ts',
    find: `      executeBefore: others.map(({ lambda }) => lambda),`,
    replace: `      executeBefore: others.slice(1).map(({ lambda }) => lambda),`,
    caughtBy: {
      file: 'test/infra/service-stack.test.ts',
      title: 'the schema is up to date before any other function is changed',
    },
  },
];
