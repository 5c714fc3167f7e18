import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePorts } from '../../../local/servers/ports.ts';
import { openStateDir } from '../../../local/state.ts';
import { newCertificates } from '../certificates.ts';
import { CleanUp } from '../clean-up.ts';
import { startOwnServers, type OwnServers } from '../own-servers.ts';
import { asAdmin, dataFolder, reload, secureDatabase } from '../secure-database.ts';
import { newStateDir } from '../stack.ts';
import { announce, startClusterOfOne } from '../valkey-cluster.ts';
import { targetOf } from '../tcp-proxy.ts';
import { ACCOUNT } from './account.ts';
import { kafkaFront } from './kafka-front.ts';
import { postgresFront } from './postgres-front.ts';
import type { SignInFront } from './sign-in-front.ts';
import { startAwsStandIn, type AwsStandIn } from './stand-in.ts';
import { valkeyFront } from './valkey-front.ts';
import { makeValkeyUser } from './valkey-user.ts';

const CLUSTER = 'arn:aws:kafka:eu-west-1:111122223333:cluster/coupon/1234';
const ID_SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ids-AbCdEf';
const OWNER_SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:owner-AbCdEf';
const VALKEY_USER = 'coupon';
const VALKEY_PASSWORD = 'of-the-tests';

/** Real servers that are reached as on AWS: by TLS only, signed in by tokens that live shortly. */
export interface AwsServers {
  readonly servers: OwnServers;
  readonly api: AwsStandIn;
  readonly fronts: Readonly<Record<'valkey' | 'kafka' | 'postgres', SignInFront>>;
  /** For a stack whose functions shall use them. */
  readonly variables: Readonly<Record<string, string>>;
  /** For the functions themselves. */
  readonly functionVariables: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** @param tokenLifetimeMs AWS' own is a quarter of an hour */
export async function startAwsServers(tokenLifetimeMs: number): Promise<AwsServers> {
  const cleanUp = new CleanUp();
  try {
    const certificates = cleanUp.add(await newCertificates(), (made) => made.remove());
    // Kafka's clients connect where it tells them to, so both must know of each other beforehand.
    const stateDir = await newStateDir();
    const ports = await choosePorts(await openStateDir(stateDir), ['kafka'], {});
    const options = { certificate: certificates.server, tokenLifetimeMs };
    const open = async (front: Promise<SignInFront>): Promise<SignInFront> =>
      cleanUp.add(await front, (opened) => opened.close());
    const target = { host: '127.0.0.1', port: ports.kafka };
    const kafka = await open(kafkaFront({ ...options, target }));
    // As in production, where the shards may become more.
    const node = await startClusterOfOne(cleanUp);
    const valkeyUrl = `redis://127.0.0.1:${node.port}`;
    const external = { valkeyUrl };
    const servers = cleanUp.add(
      await startOwnServers({ stateDir, kafkaAdvertisedPort: kafka.port, external }),
      (started) => started.remove(),
    );
    const { databaseAdminUrl } = servers.endpoints;
    await makeValkeyUser(valkeyUrl, VALKEY_USER, VALKEY_PASSWORD);
    await secureDatabase(databaseAdminUrl, certificates.server);
    await trustApplication(databaseAdminUrl);
    const user = { user: VALKEY_USER, password: VALKEY_PASSWORD };
    const fronts = {
      kafka,
      valkey: await open(valkeyFront({ ...options, ...user, target: targetOf(valkeyUrl) })),
      postgres: await open(postgresFront({ ...options, target: targetOf(databaseAdminUrl) })),
    };
    await announce(node, fronts.valkey.port);
    const api = cleanUp.add(await startAwsStandIn(), (started) => started.close());
    const { username, password, pathname, port } = new URL(databaseAdminUrl);
    api.brokers.set(CLUSTER, `localhost:${fronts.kafka.port}`);
    api.secrets.set(ID_SECRET, 'a secret of the tests, and long enough');
    api.secrets.set(OWNER_SECRET, JSON.stringify({ username, password }));
    return {
      servers,
      api,
      fronts,
      variables: {
        // Of Valkey and Kafka; on AWS an authority that Node knows has signed theirs.
        NODE_EXTRA_CA_CERTS: certificates.ca.certFile,
      },
      functionVariables: {
        AWS_REGION: ACCOUNT.region,
        AWS_ACCESS_KEY_ID: ACCOUNT.accessKeyId,
        AWS_SECRET_ACCESS_KEY: ACCOUNT.secretAccessKey,
        AWS_SESSION_TOKEN: ACCOUNT.sessionToken,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: api.url,
        AWS_ENDPOINT_URL_KAFKA: api.url,
        VALKEY_URL: `rediss://${VALKEY_USER}@localhost:${fronts.valkey.port}`,
        VALKEY_CLUSTER: 'true',
        VALKEY_IAM_CACHE: 'coupon-gate',
        KAFKA_BROKERS: '',
        KAFKA_CLUSTER_ARN: CLUSTER,
        DATABASE_URL: `postgres://coupon_app@localhost:${fronts.postgres.port}${pathname}`,
        DATABASE_IAM: 'true',
        DATABASE_CA_FILE: certificates.ca.certFile,
        MIGRATION_DATABASE_URL: `postgres://localhost:${port}${pathname}`,
        MIGRATION_SECRET_ARN: OWNER_SECRET,
        ISSUANCE_ID_SECRET: '',
        ISSUANCE_ID_SECRET_ARN: ID_SECRET,
      },
      remove: () => cleanUp.run(),
    };
  } catch (error) {
    await cleanUp.run();
    throw error;
  }
}

/** Has the real server trust the application's user: the front before it has checked the token. */
function trustApplication(adminUrl: string): Promise<void> {
  return asAdmin(adminUrl, async (admin) => {
    const rules = join(await dataFolder(admin), 'pg_hba.conf');
    const trust = 'host all coupon_app 127.0.0.1/32 trust';
    await writeFile(rules, `${trust}\n${await readFile(rules, 'utf8')}`);
    await reload(admin);
  });
}
