import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkKafka } from '../../local/servers/kafka/check.ts';
import { provideKafka } from '../../local/servers/kafka/files.ts';
import { brokerProperties } from '../../local/servers/kafka/properties.ts';
import { choosePorts } from '../../local/servers/ports.ts';
import { runTool } from '../../local/servers/run-tool.ts';
import { supervise } from '../../local/servers/supervise.ts';
import { openStateDir } from '../../local/state.ts';
import type { Certificate } from './certificates.ts';
import { CleanUp } from './clean-up.ts';
import { newStateDir, removeStateDir } from './stack.ts';

export interface SigningBroker {
  /** Takes anybody, without TLS. */
  readonly open: string;
  /** Takes who comes with TLS and a token. */
  readonly secured: string;
  remove(): Promise<void>;
}

const JAVA = { ...process.env, LC_ALL: 'C.UTF-8' };
const MODULE = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule';

/**
 * A real broker that takes OAUTHBEARER by SASL_SSL. It looks at a token's times and at no signature:
 * Kafka brings a validator that does so, and none for AWS' tokens.
 *
 * @param sessionMs after this long a client must sign in again
 */
export async function startSigningBroker(
  { cert, key }: Certificate,
  sessionMs: number,
): Promise<SigningBroker> {
  const cleanUp = new CleanUp();
  try {
    const classPath = await provideKafka(() => undefined);
    const paths = await openStateDir(cleanUp.add(await newStateDir(), removeStateDir));
    const uses = ['kafka', 'kafkaController', 'valkey'] as const;
    const {
      kafka: port,
      kafkaController: controllerPort,
      valkey: secured,
    } = await choosePorts(paths, uses, {});
    await mkdir(paths.kafka, { recursive: true });
    const keyStore = join(paths.kafka, 'server.pem');
    await writeFile(keyStore, `${key}${cert}`);
    const plain = brokerProperties({
      dataDir: 'data',
      port,
      controllerPort,
      advertisedPort: port,
    });
    // Of two lines with one name Java takes the last.
    const signing = [
      `listeners=BROKER://127.0.0.1:${port},SIGNED://127.0.0.1:${secured},CONTROLLER://127.0.0.1:${controllerPort}`,
      `advertised.listeners=BROKER://127.0.0.1:${port},SIGNED://127.0.0.1:${secured}`,
      'listener.security.protocol.map=BROKER:PLAINTEXT,SIGNED:SASL_SSL,CONTROLLER:PLAINTEXT',
      'listener.name.signed.sasl.enabled.mechanisms=OAUTHBEARER',
      `listener.name.signed.oauthbearer.sasl.jaas.config=${MODULE} required unsecuredLoginStringClaim_sub="broker";`,
      `listener.name.signed.oauthbearer.connections.max.reauth.ms=${sessionMs}`,
      'listener.name.signed.ssl.keystore.type=PEM',
      `listener.name.signed.ssl.keystore.location=${keyStore}`,
    ];
    await writeFile(paths.kafkaConfig, `${plain}${signing.join('\n')}\n`);
    const clusterId = `c${randomBytes(16).toString('base64url').slice(1)}`;
    await runTool(
      'java',
      [
        ...['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', classPath, 'kafka.tools.StorageTool'],
        ...['format', '--cluster-id', clusterId, '--config', paths.kafkaConfig],
      ],
      { cwd: paths.kafka, env: JAVA },
    );
    const server = cleanUp.add(
      supervise(
        paths,
        {
          name: 'kafka',
          label: 'Kafka',
          port,
          stopSignal: 'SIGTERM',
          command: () =>
            Promise.resolve({
              file: 'java',
              cwd: paths.kafka,
              env: JAVA,
              args: ['-Xms64m', '-Xmx256m', '-cp', classPath, 'kafka.Kafka', paths.kafkaConfig],
            }),
          checkReady: () => checkKafka([`127.0.0.1:${port}`]),
        },
        { progress: () => undefined, started: () => undefined },
      ),
      (started) => started.hold(),
    );
    await server.release();
    return {
      open: `127.0.0.1:${port}`,
      secured: `127.0.0.1:${secured}`,
      remove: () => cleanUp.run(),
    };
  } catch (error) {
    await cleanUp.run();
    throw error;
  }
}

/** A token that the broker takes until then. */
export function unsignedToken(expiresAtMs: number): string {
  const part = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString('base64url');
  const exp = expiresAtMs / 1000;
  return `${part({ alg: 'none' })}.${part({ sub: 'coupon', iat: exp - 3_600, exp })}.`;
}
