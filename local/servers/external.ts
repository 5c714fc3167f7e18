import { errorMessage } from '../error-code.ts';
import { discoverJwksUri } from './issuer/check.ts';
import { checkKafka } from './kafka/check.ts';
import { checkPostgres } from './postgres/check.ts';
import { checkValkey } from './valkey/check.ts';

/** Servers that run already and are used instead of ours. */
export interface ExternalServers {
  readonly valkeyUrl?: string | undefined;
  readonly kafkaBrokers?: readonly string[] | undefined;
  readonly databaseUrl?: string | undefined;
  readonly jwtIssuer?: string | undefined;
}

/** Checks that each answers; throws one error that names all that don't. Returns where the issuer's keys are. */
export async function checkExternal(
  servers: ExternalServers,
): Promise<{ jwksUri: string | undefined }> {
  const { valkeyUrl, kafkaBrokers, databaseUrl, jwtIssuer } = servers;
  let jwksUri: string | undefined;
  const checks: [variable: string, check: Promise<void>][] = [];
  if (valkeyUrl !== undefined) checks.push(['VALKEY_URL', checkValkey(valkeyUrl)]);
  if (kafkaBrokers !== undefined) checks.push(['KAFKA_BROKERS', checkKafka(kafkaBrokers)]);
  if (databaseUrl !== undefined) checks.push(['DATABASE_URL', checkPostgres(databaseUrl)]);
  if (jwtIssuer !== undefined) {
    const discovery = discoverJwksUri(jwtIssuer).then((found) => {
      jwksUri = found;
    });
    checks.push(['JWT_ISSUER', discovery]);
  }
  const outcomes = await Promise.allSettled(checks.map(([, check]) => check));
  const unreachable = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected'
      ? [`  ${checks[index]?.[0] ?? ''}: ${errorMessage(outcome.reason)}`]
      : [],
  );
  if (unreachable.length > 0) {
    // Not their values: a URL may hold a password.
    throw new Error(`These servers don't answer:\n${unreachable.join('\n')}`);
  }
  return { jwksUri };
}
