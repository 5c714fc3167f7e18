import type tls from 'node:tls';
import type { KafkaConfig } from 'kafkajs';
import { Kafka, logLevel } from 'kafkajs';
import { bearerSignIn } from './bearer-sign-in.ts';

/** How to reach Kafka; TLS and authentication are the environment's. */
export interface KafkaConnection {
  /** `host:port` of some brokers, or where to ask for them: a failure fails the connection. */
  readonly brokers: readonly string[] | (() => Promise<readonly string[]>);
  readonly clientId: string;
  readonly ssl?: tls.ConnectionOptions;
  /** A new token for each sign-in: when a connection is made, and before its session ends. */
  readonly bearerToken?: () => string;
  /** So long before; kafkajs' 10 s unless given. */
  readonly signInAgainMs?: number;
}

/** A client of kafkajs that says nothing by itself. */
export function kafkaClient(
  { brokers, clientId, ssl, bearerToken, signInAgainMs }: KafkaConnection,
  options: Omit<KafkaConfig, 'brokers' | 'clientId' | 'ssl' | 'sasl' | 'logLevel'>,
): Kafka {
  return new Kafka({
    clientId,
    brokers: typeof brokers === 'function' ? async () => [...(await brokers())] : [...brokers],
    ...(ssl ? { ssl } : {}),
    ...(bearerToken ? { sasl: bearerSignIn(bearerToken) } : {}),
    ...(signInAgainMs === undefined ? {} : { reauthenticationThreshold: signInAgainMs }),
    ...options,
    logLevel: logLevel.NOTHING,
  });
}
