import type { PublicRouteName, Route, TokenRouteName } from '../routes.ts';
import { isPublic, routes } from '../routes.ts';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import type { Authenticate, Authentication, Caller } from './authenticator.ts';
import { hasOneOf } from './authenticator.ts';
import type { HttpRequest } from './http-request.ts';
import type { PathParameters } from './router.ts';
import { resolveRoute } from './router.ts';
import type { Unauthenticated } from './token-answers.ts';
import { insufficientScope, unauthenticated } from './token-answers.ts';

/** Where a request goes, or the answer if it goes nowhere. */
export type RequestRouting =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | {
      readonly kind: 'public';
      readonly name: PublicRouteName;
      readonly parameters: PathParameters;
    }
  | {
      readonly kind: 'call';
      readonly name: TokenRouteName;
      readonly parameters: PathParameters;
      readonly caller: Caller;
    };

type Headers = Readonly<Record<string, string>>;

/**
 * Token, path, method, scope: in this order nobody without a token learns which paths there are.
 * What anybody may read is asked for no token.
 *
 * @param preflight what a browser's preflight gets to hear, given the methods that are allowed
 */
export async function routeRequest(
  request: HttpRequest,
  authenticate: Authenticate,
  preflight: (methods: string) => Headers,
): Promise<RequestRouting> {
  const routing = resolveRoute(request.method, request.path);
  if (routing.kind === 'method_not_allowed') {
    const { allow } = routing;
    if (request.method === 'OPTIONS') {
      return answered({ kind: 'empty', status: 204, headers: { allow, ...preflight(allow) } });
    }
    if (routing.isPublic) return answered(notAllowed(allow));
  }
  if (routing.kind === 'route') {
    const { name, parameters } = routing;
    if (isPublic(name)) return { kind: 'public', name, parameters };
  }
  const authentication = await authenticateRequest(request, authenticate);
  if (!authentication.ok) return answered(unauthenticated(authentication.fault));
  if (routing.kind === 'not_found') return answered(problem('not_found'));
  if (routing.kind === 'method_not_allowed') return answered(notAllowed(routing.allow));

  const { parameters } = routing;
  const { caller } = authentication;
  const name = routing.name as TokenRouteName;
  const { scopes }: Route = routes[name];
  if (!hasOneOf(caller, scopes)) return answered(insufficientScope(scopes));
  return { kind: 'call', name, parameters, caller };
}

function answered(answer: Answer): RequestRouting {
  return { kind: 'answer', answer };
}

type RequestAuthentication =
  Extract<Authentication, { ok: true }> | { readonly ok: false; readonly fault: Unauthenticated };

async function authenticateRequest(
  request: HttpRequest,
  authenticate: Authenticate,
): Promise<RequestAuthentication> {
  const [authorization, ...others] = request.headers('authorization');
  if (authorization === undefined) return { ok: false, fault: 'no_token' };
  const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization) ?? [];
  if (token === undefined || others.length > 0) {
    return { ok: false, fault: 'not_one_bearer_token' };
  }
  return authenticate(token);
}

function notAllowed(allow: string): Answer {
  return problem('method_not_allowed', {
    detail: { en: `Allowed here: ${allow}.`, ko: `허용되는 메서드: ${allow}` },
    headers: { allow },
  });
}
