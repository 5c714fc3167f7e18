import { resolveRoute, type Routing } from '../../lambdas/http/router.ts';
import { routes, type RouteName } from '../../lambdas/routes.ts';
import { apiDocument, mismatches, requiredHeaders, resolveReply } from './api-document.ts';
import type { HttpReply } from './http-client.ts';

/** Of the load balancer itself: 413, 502 and others that no function sees. */
const BALANCER = 'awselb/2.0';

/** A reply that the API's document does not say, which no test may take for a lost connection. */
export class UndocumentedReply extends Error {
  override readonly name = 'UndocumentedReply';
}

/**
 * Holds a reply to the API's document: status, headers, content type, body.
 *
 * @param path as it was sent
 * @throws UndocumentedReply that says what is wrong
 */
export function checkReply(method: string, path: string, reply: HttpReply): void {
  if (reply.headers['server'] === BALANCER) return;
  const [route = ''] = path.split('?');
  const routing = resolveRoute(method === 'HEAD' ? 'GET' : method, route);
  const wrong = [
    ...wrongProblem(reply, method),
    ...(routing.kind === 'route'
      ? wrongReply(routing.name, reply, method)
      : wrongRefusal(routing, reply, method)),
  ];
  if (wrong.length === 0) return;
  const shown = `${reply.status} ${reply.text.slice(0, 500)}`;
  throw new UndocumentedReply(
    `${method} ${path} is answered other than documented:\n${wrong.join('\n')}\n${shown}`,
  );
}

/** Where there is no operation: the path leads nowhere, or not with this method. */
function wrongRefusal(
  routing: Exclude<Routing, { kind: 'route' }>,
  { status, headers }: HttpReply,
  method: string,
): string[] {
  const refusals = routing.kind === 'not_found' ? [401, 404, 503] : [401, 405, 503];
  if (routing.kind === 'method_not_allowed' && method === 'OPTIONS') refusals.push(204);
  if (!refusals.includes(status)) return [`status ${status} of ${routing.kind}`];
  const namesMethods = status === 405 || status === 204;
  return namesMethods && headers.allow === undefined ? ['no Allow'] : [];
}

function wrongReply(name: RouteName, reply: HttpReply, method: string): string[] {
  const { path } = routes[name];
  const verb = routes[name].method.toLowerCase();
  const documented = apiDocument.paths[path]?.[verb]?.responses[reply.status];
  if (documented === undefined) return [`status ${reply.status} of ${name}`];
  const own = ['paths', path, verb, 'responses', String(reply.status)];
  const { place, reply: told } = resolveReply(own, documented);
  const missing = requiredHeaders(told)
    .filter((header) => reply.headers[header] === undefined)
    .map((header) => `no ${header}`);
  const withoutBody = method === 'HEAD' || told.content === undefined;
  return [...missing, ...(withoutBody ? wrongEmptiness(reply) : wrongContent(place, told, reply))];
}

function wrongEmptiness({ text }: HttpReply): string[] {
  return text === '' ? [] : ['a body'];
}

function wrongContent(
  place: readonly string[],
  { content = {} }: { readonly content?: Readonly<Record<string, unknown>> },
  { headers, text }: HttpReply,
): string[] {
  const type = (headers['content-type'] ?? '').replace(/;.*/, '');
  if (!(type in content)) return [`content type ${type}`];
  if (!type.endsWith('json') || headers['content-encoding'] !== undefined) return [];
  return mismatches([...place, 'content', type, 'schema'], JSON.parse(text));
}

/** Problems are the same everywhere, also where there is no operation. */
function wrongProblem({ headers, status, text }: HttpReply, method: string): string[] {
  if (method === 'HEAD' || headers['content-type'] !== 'application/problem+json') return [];
  const document = JSON.parse(text) as { status: number };
  return [
    ...mismatches(['components', 'schemas', 'Problem'], document),
    ...(document.status === status ? [] : [`status ${document.status} in the body of ${status}`]),
  ];
}
