/**
 * The issuer's process: `node process.ts <key file> <port> <audience>`.
 * An OAuth2 server for development: it believes every user name, whatever the password.
 */
import { OAuth2Server } from 'oauth2-mock-server';
import { issuerUrl } from './address.ts';
import { accessTokenClaims } from './claims.ts';
import { readIssuerKey } from './key.ts';
import { parseGrant } from './grant.ts';
import type {
  MutableResponse,
  MutableToken,
  TokenRequestIncomingMessage,
} from 'oauth2-mock-server';

const [keyFile, port, audience] = process.argv.slice(2);
if (keyFile === undefined || port === undefined || audience === undefined) {
  throw new Error('usage: process.ts <key file> <port> <audience>');
}
const issuer = issuerUrl(Number(port));
const key = await readIssuerKey(keyFile);
if (key === undefined) throw new Error(`${keyFile} is missing`);

const server = new OAuth2Server();
await server.issuer.keys.add(key);
server.issuer.url = issuer;

server.service.on(
  'beforeTokenSigning',
  ({ payload }: MutableToken, request: TokenRequestIncomingMessage) => {
    const claims = accessTokenClaims({ issuer, audience, ...parseGrant(request) }, payload.iat);
    for (const name of Object.keys(payload)) Reflect.deleteProperty(payload, name);
    Object.assign(payload, claims);
  },
);

server.service.on(
  'beforeResponse',
  ({ body }: MutableResponse, request: TokenRequestIncomingMessage) => {
    if (body === '') return;
    body['expires_in'] = parseGrant(request).expiresIn_s;
    // Made by the library with every password grant. Nobody asked for them, and after the above
    // its ID token would pass for an access token.
    delete body['id_token'];
    delete body['refresh_token'];
  },
);

await server.start(Number(port), '127.0.0.1');
