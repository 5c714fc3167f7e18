import { open } from 'node:fs/promises';
import { readEndpoints, type Endpoints } from '../../../local/endpoints.ts';
import { errorMessage } from '../../../local/error-code.ts';
import { untilAtRest } from '../../../local/invariants/at-rest.ts';
import { checkInvariants } from '../../../local/invariants/check-invariants.ts';
import type { InvariantReport } from '../../../local/invariants/report.ts';
import { localSigner, manyTokens } from '../../../local/servers/issuer/signer.ts';
import type { StatePaths } from '../../../local/state.ts';
import { rungSince } from '../../monitoring/rung-since.ts';
import { strike } from '../faults/strike.ts';
import type { Venue } from './venue.ts';

/** Outlive the longest rehearsal. */
const LIFETIME_S = 2 * 3600;
/** For the record to catch up after the load. */
const REST_PATIENCE_MS = 60_000;

/**
 * The stack of `npm start`: its servers can be broken, and are read at the end.
 *
 * @throws Error when it does not run, or its issuer is somebody else's
 */
export async function localStack(paths: StatePaths): Promise<Venue> {
  const endpoints = await running(paths);
  const signer = (scope: string) => localSigner(paths, scope, LIFETIME_S);
  return {
    api: endpoints.api,
    async mint(prefix, users, file) {
      const out = await open(file, 'w', 0o600);
      try {
        for await (const tokens of manyTokens(await signer('coupons:use'), prefix, users)) {
          await out.write(`${tokens.join('\n')}\n`);
        }
      } finally {
        await out.close();
      }
      return {
        operator: await (await signer('coupons:manage'))('rehearsal'),
        checkout: await (await signer('coupons:checkout'))('rehearsal'),
      };
    },
    strike: (name) => strike(name, paths, endpoints),
    async judge(couponId, { claims, redeems }) {
      const { kafka, topic, group, valkey: valkeyUrl, databaseUrl } = endpoints;
      const brokers = kafka.split(',');
      const target = { couponIds: [couponId], brokers, topic, group, valkeyUrl };
      const unrest = await untilAtRest(target, REST_PATIENCE_MS).then(
        () => undefined,
        errorMessage,
      );
      const all = { ...target, databaseUrl, replies: claims, redeemReplies: redeems };
      const reports = await checkInvariants(all);
      // Records that never become rows are counted as well: a stack that hangs has broken a promise.
      return unrest === undefined ? reports : reports.map((report) => withUnrest(report, unrest));
    },
    rungSince: (from) => rungSince(from, paths),
  };
}

/** What is committed is to become a row (I9): a log that is never read to its end breaks that. */
function withUnrest(report: InvariantReport, unrest: string): InvariantReport {
  return report.name === 'I9' ? { ...report, violations: [unrest, ...report.violations] } : report;
}

async function running(paths: StatePaths): Promise<Endpoints> {
  const endpoints = await readEndpoints(paths);
  const isUp =
    endpoints !== undefined &&
    (await fetch(`${endpoints.api}/health`).then(
      ({ ok }) => ok,
      () => false,
    ));
  if (!isUp) throw new Error('There is no stack to rehearse with: npm start in another terminal.');
  return endpoints;
}
