import * as z from 'zod';

/** How the rehearsal's users and services sign in at an environment's issuer. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Of the users whose tokens are asked for by name. */
  readonly password: string;
}

const discoverySchema = z.object({ token_endpoint: z.url() });
const tokenSchema = z.object({ access_token: z.string() });

export interface RemoteIssuer {
  /** By the grant `password`: for an issuer that was set up for rehearsals. */
  userToken(user: string): Promise<string>;
  /** By client credentials. */
  serviceToken(scope: string): Promise<string>;
}

/** @throws Error when the issuer has no discovery document, or refuses */
export async function remoteIssuer(
  issuer: string,
  { clientId, clientSecret, password }: Credentials,
): Promise<RemoteIssuer> {
  const document = await fetch(`${issuer}/.well-known/openid-configuration`);
  if (!document.ok) throw new Error(`${issuer} has no discovery document: ${document.status}`);
  const { token_endpoint: endpoint } = discoverySchema.parse(await document.json());
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  const ask = async (form: Readonly<Record<string, string>>): Promise<string> => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    });
    if (!response.ok) throw new Error(`${issuer} gives no token: ${response.status}`);
    return tokenSchema.parse(await response.json()).access_token;
  };
  return {
    userToken: (username) =>
      ask({ grant_type: 'password', username, password, scope: 'coupons:use' }),
    serviceToken: (scope) => ask({ grant_type: 'client_credentials', scope }),
  };
}
