import type { FunctionLimits } from '../lambdas/config/function-limits.ts';
import { functionLimits } from '../lambdas/config/function-limits.ts';
import type { SettingName } from '../lambdas/config/settings.ts';
import { settingNames as check } from '../lambdas/functions/check/config.ts';
import { settingNames as grant } from '../lambdas/functions/grant/config.ts';
import { settingNames as issue } from '../lambdas/functions/issue/config.ts';
import { settingNames as manage } from '../lambdas/functions/manage/config.ts';
import { settingNames as migrate } from '../lambdas/functions/migrate/config.ts';
import { settingNames as notify } from '../lambdas/functions/notify/config.ts';
import { settingNames as record } from '../lambdas/functions/record/config.ts';
import { settingNames as redeem } from '../lambdas/functions/redeem/config.ts';
import { settingNames as restore } from '../lambdas/functions/restore/config.ts';
import { settingNames as sweep } from '../lambdas/functions/sweep/config.ts';

export interface FunctionDefinition extends FunctionLimits {
  /** For whoever finds it in the console. */
  readonly description: string;
  /** What it asks to know of the world around it: it is let there, and nowhere else. */
  readonly settingNames: readonly SettingName[];
  /** It answers users, through the load balancer. */
  readonly answersUsers: boolean;
  /** Files of the repository that lie beside its code. */
  readonly files?: BesideTheCode;
}

export interface BesideTheCode {
  /** Of the repository: files, or folders, of which `folder/.` is what is in it. */
  readonly paths: readonly string[];
  /** A folder of the bundle. */
  readonly to: string;
  /** Tells the function where that is. */
  readonly variable: string;
}

/**
 * The deployed functions, named like their folders in `lambdas/functions`.
 */
export const functions = {
  issue: {
    ...functionLimits.issue,
    description: 'Gives a coupon to a user: gate, then Kafka, then the answer',
    settingNames: issue,
    answersUsers: true,
  },
  redeem: {
    ...functionLimits.redeem,
    description: 'Answers for issuances and redemptions',
    settingNames: redeem,
    answersUsers: true,
  },
  manage: {
    ...functionLimits.manage,
    description: "Answers the operator's calls, and everything that is nobody else's",
    settingNames: manage,
    answersUsers: true,
    // The API's document, and what its page consists of.
    files: {
      paths: [
        'docs/openapi.json',
        'node_modules/swagger-ui-dist/swagger-ui.css',
        'node_modules/swagger-ui-dist/swagger-ui-bundle.js',
      ],
      to: 'docs',
      variable: 'DOCS_DIR',
    },
  },
  record: {
    ...functionLimits.record,
    description: 'Stores accepted claims as issuances: Kafka to PostgreSQL',
    settingNames: record,
    answersUsers: false,
  },
  restore: {
    ...functionLimits.restore,
    description: 'Opens gates, and builds lost ones again from PostgreSQL',
    settingNames: restore,
    answersUsers: false,
  },
  grant: {
    ...functionLimits.grant,
    description: 'Claims for the users of grants, a few hundred a second',
    settingNames: grant,
    answersUsers: false,
  },
  sweep: {
    ...functionLimits.sweep,
    description: 'Publishes claims again whose outcome nobody knows',
    settingNames: sweep,
    answersUsers: false,
  },
  check: {
    ...functionLimits.check,
    description: 'Compares gate, log and ledger, and tells what does not add up',
    settingNames: check,
    answersUsers: false,
  },
  notify: {
    ...functionLimits.notify,
    description: 'Tells users and operators what happened, as fast as each channel takes it',
    settingNames: notify,
    answersUsers: false,
  },
  migrate: {
    ...functionLimits.migrate,
    description: 'Brings the database schema up to date',
    settingNames: migrate,
    answersUsers: false,
    files: { paths: ['db/migrations/.'], to: 'migrations', variable: 'MIGRATIONS_DIR' },
  },
} as const satisfies Record<string, FunctionDefinition>;

export type FunctionName = keyof typeof functions;
