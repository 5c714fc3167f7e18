import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Endpoints } from '../../local/endpoints.ts';
import { functionEnvironment } from '../../local/function-environment.ts';
import { MIGRATOR } from '../../local/prepare/database.ts';
import { keptSecrets } from '../../local/prepare/secrets.ts';
import { discoverJwksUri } from '../../local/servers/issuer/check.ts';
import { localSigner, manyTokens } from '../../local/servers/issuer/signer.ts';
import { StackProcess } from '../../local/stack-process.ts';
import { statePaths, type StatePaths } from '../../local/state.ts';
import { Operator } from '../operator.ts';
import type { BenchRequest } from './closed-loop/job.ts';

/** Outlive the longest bench. */
const TOKEN_LIFETIME_S = 4 * 3600;

/** A stack that is measured, with servers and data of its own. */
export class BenchStack {
  readonly folder: string;
  readonly paths: StatePaths;
  readonly endpoints: Endpoints;
  readonly operator: Operator;
  readonly checkoutToken: string;
  readonly #process: StackProcess;

  private constructor(
    folder: string,
    paths: StatePaths,
    process: StackProcess,
    tokens: { readonly operator: string; readonly checkout: string },
  ) {
    this.folder = folder;
    this.paths = paths;
    this.endpoints = process.endpoints;
    this.operator = new Operator(process.endpoints.api, tokens.operator);
    this.checkoutToken = tokens.checkout;
    this.#process = process;
  }

  /** @param environments processes a function; without it the functions share the stack's */
  static async start(environments?: number): Promise<BenchStack> {
    const folder = await mkdtemp(join(tmpdir(), 'coupon-bench-'));
    const paths = statePaths(join(folder, 'state'));
    try {
      const process = await StackProcess.start({ stateDir: paths.root, environments });
      const token = async (scope: string) =>
        (await localSigner(paths, scope, TOKEN_LIFETIME_S))('bench');
      const tokens = {
        operator: await token('coupons:manage'),
        checkout: await token('coupons:checkout'),
      };
      return new BenchStack(folder, paths, process, tokens);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Of so many users: those of another prefix are others. */
  async userTokens(count: number, prefix = 'bench'): Promise<readonly string[]> {
    const sign = await localSigner(this.paths, 'coupons:use', TOKEN_LIFETIME_S);
    const all: string[] = [];
    for await (const tokens of manyTokens(sign, `${prefix}-`, count)) all.push(...tokens);
    return all;
  }

  /** Those of the stack's own functions. */
  async functionVariables(): Promise<Record<string, string>> {
    const { endpoints, paths } = this;
    const { issuer, audience } = endpoints;
    const secrets = await keptSecrets(paths);
    const migrator = new URL(endpoints.databaseUrl);
    migrator.username = MIGRATOR;
    migrator.password = secrets.migratorPassword;
    return functionEnvironment({
      servers: {
        valkeyUrl: endpoints.valkey,
        kafkaBrokers: endpoints.kafka.split(','),
        databaseAdminUrl: '',
        issuer,
        jwksUri: await discoverJwksUri(issuer),
        audience,
      },
      database: { app: endpoints.databaseUrl, migrator: migrator.href },
      issuanceIdSecret: secrets.issuanceIdSecret,
      lambdaUrl: endpoints.lambda,
      logLevel: 'WARN',
      corsOrigins: '*',
    });
  }

  /** Claims of these coupons that are accepted and not recorded. */
  async unrecorded(couponIds: readonly string[]): Promise<number> {
    const sights = await Promise.all(couponIds.map((id) => this.operator.look(id)));
    return sights.reduce((sum, sight) => sum + (sight?.unrecorded ?? 0), 0);
  }

  /** Runs work with a connection to the ledger. */
  async withLedger<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: this.endpoints.databaseUrl });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await this.#process.interrupt();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** One claim of each user. */
export function* claimRequests(
  couponId: string,
  tokens: readonly string[],
): Generator<BenchRequest> {
  const path = `/v1/coupons/${couponId}/issuances`;
  for (const token of tokens) yield { path, token };
}
