import type tls from 'node:tls';
import type { KafkaConfig } from 'kafkajs';
import { Kafka, logLevel } from 'kafkajs';

/** How to reach Kafka; TLS and authentication are the environment's. */
export interface KafkaConnection {
  /** `host:port` of some brokers, or where to ask for them: a failure fails the connection. */
  readonly brokers: readonly string[] | (() => Promise<readonly string[]>);
  readonly clientId: string;
  readonly ssl?: tls.ConnectionOptions;
  /** A new token for each sign-in, of which each connection has one, and later ones when it ends. */
  readonly bearerToken?: () => string;
}

/** A client of kafkajs that says nothing by itself. */
export function kafkaClient(
  { brokers, clientId, ssl, bearerToken }: KafkaConnection,
  options: Omit<KafkaConfig, 'brokers' | 'clientId' | 'ssl' | 'sasl' | 'logLevel'>,
): Kafka {
  return new Kafka({
    clientId,
    brokers: typeof brokers === 'function' ? async () => [...(await brokers())] : [...brokers],
    ...(ssl ? { ssl } : {}),
    ...(bearerToken
      ? {
          sasl: {
            mechanism: 'oauthbearer' as const,
            oauthBearerProvider: () => Promise.resolve({ value: bearerToken() }),
          },
        }
      : {}),
    ...options,
    logLevel: logLevel.NOTHING,
  });
}
