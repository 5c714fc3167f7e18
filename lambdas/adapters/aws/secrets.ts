import { SettingUnavailable } from '../../domain/ports.ts';
import type { AwsAccess } from './access.ts';
import { signedCall } from './signed-call.ts';

/** A reading takes some 20 ms; who waits longer is told so, and asks again. */
const TIMEOUT_MS = 1_000;

/**
 * The text of a secret in Secrets Manager, as it is now.
 *
 * @throws SettingUnavailable when it can't be had, whatever the reason
 */
export async function secretText(access: AwsAccess, secretArn: string): Promise<string> {
  try {
    const answer: unknown = JSON.parse(
      await signedCall(access, {
        service: 'secretsmanager',
        url:
          access.endpoints.SECRETS_MANAGER ??
          `https://secretsmanager.${access.region}.amazonaws.com/`,
        headers: {
          'Content-Type': 'application/x-amz-json-1.1',
          'X-Amz-Target': 'secretsmanager.GetSecretValue',
        },
        body: JSON.stringify({ SecretId: secretArn }),
        timeoutMs: TIMEOUT_MS,
      }),
    );
    const { SecretString: text } = answer as { readonly SecretString?: unknown };
    if (typeof text !== 'string' || text === '') throw new Error('the secret has no text');
    return text;
  } catch (error) {
    throw new SettingUnavailable('a secret could not be read', { cause: error });
  }
}

/** What a secret of a database's user holds. */
export interface DatabaseUser {
  readonly username: string;
  readonly password: string;
}

/**
 * The same of a secret that RDS made for a database's user.
 *
 * @throws SettingUnavailable also when it is none
 */
export async function databaseUserSecret(
  access: AwsAccess,
  secretArn: string,
): Promise<DatabaseUser> {
  const text = await secretText(access, secretArn);
  const { username, password } = parsed(text);
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw new SettingUnavailable("the secret is no database user's");
  }
  return { username, password };
}

function parsed(text: string): { readonly username?: unknown; readonly password?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
