import type { Mutation } from '../mutation.ts';

const DATABASE = 'lambdas/adapters/postgres/database.ts';
const DATABASE_TESTS = 'test/contract/database-tls.test.ts';
const BROKER_TESTS = 'test/contract/broker-sign-in.test.ts';
const TOKENS = 'lambdas/adapters/jose/token-authenticator.ts';
const ISSUER_TESTS = 'test/http/issuers.test.ts';

export const awsAdapterMutations: readonly Mutation[] = [
  {
    name: 'A token for the cache is made once and kept for ever',
    loss: 'After a quarter of an hour no lost connection comes back: every claim is a 503.',
    file: 'lambdas/adapters/valkey/valkey-client.ts',
    find: `    Object.defineProperty(client.options, 'password', { get: password });`,
    replace: `    client.options.password = password();`,
    caughtBy: {
      file: 'test/contract/valkey-sign-in.test.ts',
      title: 'is asked by a connection that was cut after its token had run out',
    },
  },
  {
    name: 'A token for the database is made once and kept for ever',
    loss: 'After a quarter of an hour no new connection is let in: nothing is recorded or redeemed.',
    file: DATABASE,
    find: `    password,
    ssl: trusted,`,
    replace: `    password: password(),
    ssl: trusted,`,
    caughtBy: { file: DATABASE_TESTS, title: 'each connection has a password of its own' },
  },
  {
    name: 'A token is sent in the clear where no certificate is named',
    loss: 'A proxy of RDS refuses it, and whoever listens at another address signs in with it.',
    file: DATABASE,
    find: `    ssl: trusted,
  };`,
    replace: `    ...(caFile === undefined ? {} : { ssl: trusted }),
  };`,
    caughtBy: {
      file: DATABASE_TESTS,
      title: 'a token goes only to a server that Node itself trusts, where no authority is named',
    },
  },
  {
    name: 'The database’s certificate is not checked',
    loss: 'Whoever gets between reads every code, and the tokens by which to sign in.',
    file: DATABASE,
    find: `{ ca: readFileSync(caFile, 'utf8') }`,
    replace: `{ ca: readFileSync(caFile, 'utf8'), rejectUnauthorized: false }`,
    caughtBy: {
      file: DATABASE_TESTS,
      title: 'a server whose certificate is by another authority is refused',
    },
  },
  {
    name: 'The failure to read a secret is kept',
    loss: 'One throttled call at its start, and an environment answers 503 as long as it lives.',
    file: 'lambdas/adapters/read-once.ts',
    find: `      if (reading === current) reading = undefined;\n`,
    replace: '',
    caughtBy: {
      file: 'test/http/aws-calls.test.ts',
      title: 'that could not be read is read again by the next call, and then kept',
    },
  },
  {
    name: 'A token that a broker refuses passes for a sign-in',
    loss: 'Claims take from the stock though nothing can be published.',
    file: 'lambdas/adapters/kafka/bearer-sign-in.ts',
    find: `if (refusal !== undefined && refusal !== '') throw`,
    replace: `if (refusal === 'refused') throw`,
    caughtBy: {
      file: BROKER_TESTS,
      title: 'who has no good token is told so, and asks again in vain only once',
    },
  },
  {
    name: 'A token that ran out on its way is not followed by another',
    loss: 'After each freeze within a sign-in a shopper gets a 503 that nobody had to send.',
    file: 'lambdas/adapters/kafka/kafka-claim-log.ts',
    find: `if (!(error instanceof SignInRefused)) throw error;`,
    replace: `if (error instanceof Error) throw error;`,
    caughtBy: {
      file: BROKER_TESTS,
      title: 'a token that ran out on its way is followed by another one',
    },
  },
  {
    name: 'A moved slot is asked for where it was',
    loss: 'After a failover or a resharding the gates of a shard stay closed.',
    file: 'lambdas/adapters/valkey/valkey-cluster.ts',
    find: `if (MOVED.test(error.message)) this.#refreshSoon();`,
    replace: `if (MOVED.test(error.message)) return;`,
    caughtBy: {
      file: 'test/contract/valkey-cluster.test.ts',
      title: 'answers honestly when a slot has moved, and then from where it is',
    },
  },
  {
    name: 'Scopes of another server count as ours',
    loss: 'Whoever manages something else of the same issuer manages coupons.',
    file: TOKENS,
    find: `    .filter((scope) => scope.startsWith(scopePrefix))\n`,
    replace: '',
    caughtBy: { file: ISSUER_TESTS, title: 'is taken: $what' },
  },
  {
    name: 'An identity token gives access',
    loss: 'A token that a page gets to greet its user by claims coupons for that user.',
    file: TOKENS,
    find: `  if ((claims['token_use'] ?? 'access') !== 'access') return 'no_access_token';\n`,
    replace: '',
    caughtBy: { file: ISSUER_TESTS, title: 'is refused: $what' },
  },
];
