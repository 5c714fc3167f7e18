/**
 * Which way imports point: bin → lib → tables in lambdas · local → entries and tables · entry →
 * handler → use case → domain · entry → wiring → adapters → domain. Paths are regular expressions.
 */
import type { IRegularForbiddenRuleType } from 'dependency-cruiser';

type ImportRule = Required<Pick<IRegularForbiddenRuleType, 'name' | 'from' | 'to'>>;

/** All folders with code. */
const OURS = '^(bench|bin|cli|db|lambdas|lib|local|test)/';
const PACKAGES = '^node_modules/';

const ROUTES = '^lambdas/routes\\.ts$';
/** Names, units and dimensions: code, dashboards and alarms share them. */
const METRICS = '^lambdas/domain/(metrics|prometheus-names)\\.ts$';
/** Fields and messages of log lines: code and saved queries share them. */
const LOG_LINES = '^lambdas/domain/log-lines\\.ts$';
/** Alarms watch each channel. */
const CHANNELS = '^lambdas/domain/notification\\.ts$';
/** Which addresses channels may call: synthesis refuses the others. */
const ADDRESSES = '^lambdas/adapters/url-refusal\\.ts$';
const DOMAIN = '^lambdas/domain/';
const HTTP = '^lambdas/http/';
const API = '^lambdas/api/';
/** What makes the API's document: of no use in a function, and in none of the bundles. */
const DOCUMENT =
  '^lambdas/api/(openapi|openapi-[^/]+|json-schema|write-openapi|operations/[^/]+)\\.ts$';
const ADAPTERS = '^lambdas/adapters/';
/** What several entries would build alike. */
const WIRING = '^lambdas/wiring/';
const FUNCTIONS = '^lambdas/functions/';
const ENTRY = '^lambdas/functions/[^/]+/index\\.ts$';
/** Endpoints are a part of their function's handler, in files by what they are about. */
const HANDLER = '^lambdas/functions/[^/]+/(handler|[^/]*-endpoints)\\.ts$';
const FUNCTION_CONFIG = '^lambdas/functions/[^/]+/config\\.ts$';
/** A function's files that translate between HTTP and the domain. */
const TRANSLATION = '^lambdas/functions/[^/]+/[^/]*-(page|view)\\.ts$';

/** The packages of each adapter; no other code knows them. */
const DRIVERS: readonly (readonly [adapter: string, driver: string])[] = [
  ['aws', 'aws4fetch'],
  ['aws', '@aws-sdk/client-kafka'],
  ['emf', '@aws-lambda-powertools/metrics'],
  ['jose', 'jose'],
  ['kafka', 'kafkajs'],
  ['postgres', 'pg'],
  ['valkey', 'ioredis'],
];

const worlds: readonly ImportRule[] = [
  {
    name: 'bin imports lib only',
    from: { path: '^bin/' },
    to: { path: OURS, pathNot: '^(bin|lib)/' },
  },
  {
    name: 'of lambdas, lib imports tables only',
    from: { path: '^lib/' },
    to: {
      path: OURS,
      pathNot: [
        '^lib/',
        ROUTES,
        METRICS,
        LOG_LINES,
        CHANNELS,
        ADDRESSES,
        FUNCTION_CONFIG,
        '^lambdas/config/(claim-mapping|database-log|function-limits|limits|notify-rates|settings)\\.ts$',
      ],
    },
  },
  {
    // Whoever evaluates them on one machine needs no CDK.
    name: 'the lists of alarms and panels import no packages',
    from: { path: '^lib/monitoring/', pathNot: '^lib/monitoring/grafana/write\\.ts$' },
    to: { pathNot: ['^lib/', '^lambdas/'] },
  },
  {
    name: 'of lambdas, local imports entries and tables only',
    from: { path: '^local/', pathNot: '^local/invariants/' },
    to: { path: '^lambdas/', pathNot: [ROUTES, METRICS, ENTRY, '^lambdas/config/'] },
  },
  {
    // The checker reads what the system wrote, so it has to know the format.
    name: 'local/invariants imports formats only',
    from: { path: '^local/invariants/' },
    to: { path: '^lambdas/', pathNot: [DOMAIN, '^lambdas/adapters/valkey/gate-scripts\\.ts$'] },
  },
  {
    // It knows the API from outside, as any client does.
    name: 'of ours, cli imports the routes only',
    from: { path: '^cli/' },
    to: { path: OURS, pathNot: ['^cli/', ROUTES] },
  },
  {
    // It starts in an instant, and asks nobody but the API.
    name: 'of packages, cli imports zod only',
    from: { path: '^cli/' },
    to: { path: PACKAGES, pathNot: '^node_modules/zod/' },
  },
  {
    name: 'only test imports cli',
    from: { pathNot: '^(cli|test)/' },
    to: { path: '^cli/' },
  },
  {
    name: 'lambdas imports nothing around it',
    from: { path: '^lambdas/' },
    to: { path: OURS, pathNot: '^lambdas/' },
  },
  {
    name: 'only bench and test import local',
    from: { pathNot: '^(bench|local|test)/' },
    to: { path: '^local/' },
  },
  { name: 'nobody imports test', from: { pathNot: '^test/' }, to: { path: '^test/' } },
  { name: 'no import goes round', from: {}, to: { circular: true } },
  { name: 'each import is found', from: {}, to: { couldNotResolve: true } },
];

const functions: readonly ImportRule[] = [
  {
    name: 'entries are imported at run time only',
    from: {},
    to: { path: ENTRY, dynamic: false },
  },
  { name: 'only entries import handlers', from: { pathNot: ENTRY }, to: { path: HANDLER } },
  {
    name: 'of lambdas, only entries and wiring import adapters',
    from: { path: '^lambdas/', pathNot: [ENTRY, WIRING, ADAPTERS] },
    to: { path: ADAPTERS },
  },
  {
    name: 'only entries import wiring',
    from: { pathNot: [ENTRY, WIRING, '^test/'] },
    to: { path: WIRING },
  },
  {
    name: 'wiring imports adapters, config and domain only',
    from: { path: WIRING },
    to: { pathNot: [WIRING, ADAPTERS, '^lambdas/config/', DOMAIN] },
  },
  {
    name: 'no function imports another',
    from: { path: '^lambdas/functions/([^/]+)/' },
    to: { path: FUNCTIONS, pathNot: '^lambdas/functions/$1/' },
  },
  {
    // Migrating has no domain: the handler calls the tool.
    name: 'a handler imports use cases, api, http and domain only',
    from: { path: HANDLER, pathNot: '^lambdas/functions/migrate/' },
    to: { pathNot: [FUNCTIONS, API, HTTP, DOMAIN, '^node_modules/@types/aws-lambda/'] },
  },
  {
    name: 'a use case imports domain only',
    from: {
      path: '^lambdas/functions/([^/]+)/',
      pathNot: [ENTRY, HANDLER, FUNCTION_CONFIG, TRANSLATION],
    },
    to: {
      pathNot: [DOMAIN, '^lambdas/functions/$1/(?!config\\.ts|[^/]*-(page|view)\\.ts)'],
    },
  },
  {
    name: 'a translation imports api, http, domain and zod only',
    from: { path: TRANSLATION },
    to: { pathNot: [TRANSLATION, API, HTTP, DOMAIN, '^node_modules/zod/'] },
  },
  {
    name: "a function's config imports the settings' names only",
    from: { path: FUNCTION_CONFIG },
    to: { pathNot: '^lambdas/config/settings\\.ts$' },
  },
];

const shared: readonly ImportRule[] = [
  { name: 'domain imports nothing', from: { path: DOMAIN }, to: { pathNot: DOMAIN } },
  {
    name: 'of lambdas, http imports routes and domain only',
    from: { path: HTTP },
    to: { path: '^lambdas/', pathNot: [HTTP, ROUTES, DOMAIN] },
  },
  {
    name: 'api imports domain and zod only',
    from: { path: API, pathNot: DOCUMENT },
    to: { pathNot: [API, DOMAIN, '^node_modules/zod/'] },
  },
  {
    name: "the API's document is imported by itself and tests only",
    from: { pathNot: [DOCUMENT, '^test/'] },
    to: { path: DOCUMENT },
  },
  {
    name: "the API's document imports tables, schemas and zod only",
    from: { path: DOCUMENT, pathNot: '^lambdas/api/write-openapi\\.ts$' },
    to: {
      pathNot: [API, ROUTES, '^lambdas/http/problems\\.ts$', DOMAIN, '^node_modules/zod/'],
    },
  },
  {
    name: 'config imports domain and the logger only',
    from: { path: '^lambdas/config/' },
    to: { pathNot: ['^lambdas/config/', DOMAIN, '^node_modules/@aws-lambda-powertools/logger/'] },
  },
  {
    // lib and local read them: nothing that costs time or connects may come with them.
    name: 'the tables import nothing',
    from: { path: [ROUTES, METRICS, '^lambdas/config/settings\\.ts$'] },
    to: { pathNot: METRICS },
  },
  {
    name: 'of lambdas, adapters import domain only',
    from: { path: ADAPTERS },
    to: { path: '^lambdas/', pathNot: [ADAPTERS, DOMAIN, '^lambdas/http/authenticator\\.ts$'] },
  },
  {
    // The port lies in http because the domain knows no tokens.
    name: "only jose imports http's port",
    from: { path: ADAPTERS, pathNot: '^lambdas/adapters/jose/' },
    to: { path: HTTP },
  },
  {
    name: 'no adapter imports another',
    from: { path: '^lambdas/adapters/([^/]+)/' },
    // What lies beside their folders is there for all of them.
    to: { path: ADAPTERS, pathNot: ['^lambdas/adapters/$1/', '^lambdas/adapters/[^/]+$'] },
  },
  {
    name: 'adapters import no packages but drivers',
    from: { path: ADAPTERS },
    to: {
      path: PACKAGES,
      pathNot: DRIVERS.map(([, driver]) => `^node_modules/${driver}/`),
    },
  },
  ...DRIVERS.map(([adapter, driver]) => ({
    name: `of lambdas, only adapters/${adapter} imports ${driver}`,
    from: { path: '^lambdas/', pathNot: `^lambdas/adapters/${adapter}/` },
    to: { path: `^node_modules/${driver}/` },
  })),
];

export const importRules: readonly ImportRule[] = [...worlds, ...functions, ...shared];
