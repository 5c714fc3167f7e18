import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { judgeImports, type Imports } from './cruise.ts';
import { importRules } from './import-rules.ts';

test('every import points the way the layout says', async () => {
  const { files, violations } = await judgeImports(process.cwd());
  expect(violations).toEqual([]);
  // Rules that see nothing hold always.
  expect(files).toBeGreaterThan(100);
});

/** Imports that break a rule: who, whom (a path, a package, a module of Node), which rule. */
const broken: readonly (readonly [from: string, to: string, rule: string])[] = [
  ['bin/app.ts', 'lambdas/routes.ts', 'bin imports lib only'],
  ['lib/a.ts', 'lambdas/config/logger.ts', 'of lambdas, lib imports tables only'],
  ['lib/a.ts', 'lambdas/functions/issue/handler.ts', 'of lambdas, lib imports tables only'],
  ['lib/a.ts', 'local/main.ts', 'of lambdas, lib imports tables only'],
  ['lib/monitoring/a.ts', 'constructs', 'the lists of alarms and panels import no packages'],
  ['local/a.ts', 'lambdas/domain/coupon.ts', 'of lambdas, local imports entries and tables only'],
  [
    'local/invariants/a.ts',
    'lambdas/adapters/valkey/stock-gate.ts',
    'local/invariants imports formats only',
  ],
  ['cli/a.ts', 'lambdas/domain/coupon.ts', 'of ours, cli imports the routes only'],
  ['cli/a.ts', 'local/endpoints.ts', 'of ours, cli imports the routes only'],
  ['cli/a.ts', 'pg', 'of packages, cli imports zod only'],
  ['local/a.ts', 'cli/run.ts', 'only test imports cli'],
  ['lambdas/http/a.ts', 'lib/functions.ts', 'lambdas imports nothing around it'],
  ['lib/a.ts', 'local/main.ts', 'only bench and test import local'],
  ['local/a.ts', 'test/fakes/clock.ts', 'nobody imports test'],
  ['bench/a.ts', 'test/support/servers.ts', 'nobody imports test'],
  ['lambdas/domain/egg.ts', 'lambdas/domain/hen.ts', 'no import goes round'],
  ['local/a.ts', 'gone', 'each import is found'],
  ['local/a.ts', 'lambdas/functions/issue/index.ts', 'entries are imported at run time only'],
  [
    'lambdas/functions/issue/a.ts',
    'lambdas/functions/issue/handler.ts',
    'only entries import handlers',
  ],
  [
    'lambdas/functions/issue/a.ts',
    'lambdas/functions/issue/claim-endpoints.ts',
    'only entries import handlers',
  ],
  [
    'lambdas/functions/issue/claim-endpoints.ts',
    'node:path',
    'a handler imports use cases, api, http and domain only',
  ],
  [
    'lambdas/functions/issue/handler.ts',
    'lambdas/adapters/kafka/log.ts',
    'of lambdas, only entries and wiring import adapters',
  ],
  [
    'lambdas/http/a.ts',
    'lambdas/adapters/jose/a.ts',
    'of lambdas, only entries and wiring import adapters',
  ],
  ['lambdas/functions/issue/handler.ts', 'lambdas/wiring/a.ts', 'only entries import wiring'],
  [
    'lambdas/wiring/a.ts',
    'lambdas/http/answer.ts',
    'wiring imports adapters, config and domain only',
  ],
  ['lambdas/wiring/a.ts', 'node:fs', 'wiring imports adapters, config and domain only'],
  [
    'lambdas/functions/issue/index.ts',
    'lambdas/functions/redeem/handler.ts',
    'no function imports another',
  ],
  [
    'lambdas/functions/issue/handler.ts',
    'node:crypto',
    'a handler imports use cases, api, http and domain only',
  ],
  [
    'lambdas/functions/issue/issue-coupon.ts',
    'lambdas/http/answer.ts',
    'a use case imports domain only',
  ],
  ['lambdas/functions/issue/issue-coupon.ts', 'zod', 'a use case imports domain only'],
  [
    'lambdas/functions/issue/issue-coupon.ts',
    'lambdas/functions/issue/claim-view.ts',
    'a use case imports domain only',
  ],
  [
    'lambdas/functions/issue/claim-view.ts',
    'lambdas/functions/issue/issue-coupon.ts',
    'a translation imports api, http, domain and zod only',
  ],
  [
    'lambdas/functions/issue/config.ts',
    'lambdas/config/limits.ts',
    "a function's config imports the settings' names only",
  ],
  ['lambdas/domain/a.ts', 'lambdas/config/limits.ts', 'domain imports nothing'],
  ['lambdas/domain/a.ts', 'zod', 'domain imports nothing'],
  ['lambdas/domain/a.ts', 'node:crypto', 'domain imports nothing'],
  [
    'lambdas/http/a.ts',
    'lambdas/config/logger.ts',
    'of lambdas, http imports routes and domain only',
  ],
  ['lambdas/api/a.ts', 'lambdas/http/a.ts', 'api imports domain and zod only'],
  ['lambdas/api/a.ts', 'node:path', 'api imports domain and zod only'],
  [
    'lambdas/api/a.ts',
    'lambdas/api/openapi.ts',
    "the API's document is imported by itself and tests only",
  ],
  [
    'lambdas/api/operations/a.ts',
    'lambdas/http/answer.ts',
    "the API's document imports tables, schemas and zod only",
  ],
  ['lambdas/config/logger.ts', 'zod', 'config imports domain and the logger only'],
  ['lambdas/routes.ts', 'node:path', 'the tables import nothing'],
  [
    'lambdas/adapters/valkey/a.ts',
    'lambdas/config/limits.ts',
    'of lambdas, adapters import domain only',
  ],
  [
    'lambdas/adapters/valkey/a.ts',
    'lambdas/http/authenticator.ts',
    "only jose imports http's port",
  ],
  ['lambdas/adapters/valkey/a.ts', 'lambdas/adapters/kafka/log.ts', 'no adapter imports another'],
  ['lambdas/adapters/valkey/a.ts', 'zod', 'adapters import no packages but drivers'],
  ...[
    ['aws', 'aws4fetch'],
    ['emf', '@aws-lambda-powertools/metrics'],
    ['aws', '@aws-sdk/client-kafka'],
    ['emf', '@aws-lambda-powertools/metrics'],
    ['jose', 'jose'],
    ['kafka', 'kafkajs'],
    ['postgres', 'pg'],
    ['valkey', 'ioredis'],
  ].map(
    ([adapter = '', driver = '']) =>
      [
        'lambdas/functions/issue/index.ts',
        driver,
        `of lambdas, only adapters/${adapter} imports ${driver}`,
      ] as const,
  ),
];

describe('in a tree that breaks each rule', () => {
  let root: string;
  let judged: Imports;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'coupon-imports-'));
    for (const [from, to] of broken) {
      importing(root, from, to);
    }
    importing(root, 'lambdas/domain/hen.ts', 'lambdas/domain/egg.ts');
    add(join(root, 'lambdas/domain/typed.ts'), "import type { Answer } from '../http/answer.ts';");
    judged = await judgeImports(root);
  });

  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  test.each(broken)('%s → %s breaks: %s', (from, to, rule) => {
    const target = isPackage(to) ? `node_modules/${to}/index.js` : to.replace('node:', '');
    expect(judged.violations).toContain(`${from} → ${target}: ${rule}`);
  });

  test('an import of types counts', () => {
    expect(judged.violations).toContain(
      'lambdas/domain/typed.ts → lambdas/http/answer.ts: domain imports nothing',
    );
  });

  test('each rule is broken', () => {
    const names = new Set(broken.map(([, , rule]) => rule));
    expect([...names].toSorted()).toEqual(importRules.map(({ name }) => name).toSorted());
  });
});

const isOurs = (to: string): boolean => to.includes('/') && !to.startsWith('@');
const isPackage = (to: string): boolean => !isOurs(to) && !to.startsWith('node:') && to !== 'gone';

/** Makes one file import another; both are there afterwards. */
function importing(root: string, from: string, to: string): void {
  const specifier = isOurs(to) ? `./${relative(dirname(from), to)}` : to;
  add(join(root, from), `import '${specifier}';\n`);
  if (isOurs(to)) add(join(root, to), '');
  if (isPackage(to)) {
    add(join(root, 'node_modules', to, 'index.js'), '');
    const manifest = join(root, 'node_modules', to, 'package.json');
    if (!existsSync(manifest)) writeFileSync(manifest, '{"main":"index.js"}');
  }
}

function add(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, text);
}
