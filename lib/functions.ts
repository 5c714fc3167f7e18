import type { FunctionLimits } from '../lambdas/config/function-limits.ts';
import { functionLimits } from '../lambdas/config/function-limits.ts';
import type { SettingName } from '../lambdas/config/settings.ts';
import { settingNames as grant } from '../lambdas/functions/grant/config.ts';
import {
  optionalSettingNames as issueOptional,
  settingNames as issue,
} from '../lambdas/functions/issue/config.ts';
import {
  optionalSettingNames as manageOptional,
  settingNames as manage,
} from '../lambdas/functions/manage/config.ts';
import { settingNames as migrate } from '../lambdas/functions/migrate/config.ts';
import { settingNames as record } from '../lambdas/functions/record/config.ts';
import {
  optionalSettingNames as redeemOptional,
  settingNames as redeem,
} from '../lambdas/functions/redeem/config.ts';
import { settingNames as restore } from '../lambdas/functions/restore/config.ts';
import { settingNames as sweep } from '../lambdas/functions/sweep/config.ts';

export interface FunctionDefinition extends FunctionLimits {
  /** For whoever finds it in the console. */
  readonly description: string;
  /** What it gets to know of the world around it, and nothing else. */
  readonly settingNames: readonly SettingName[];
  /** What it may get to know besides: an environment can leave it out. */
  readonly optionalSettingNames?: readonly SettingName[];
}

/**
 * The deployed functions, named like their folders in `lambdas/functions`.
 */
export const functions = {
  issue: {
    ...functionLimits.issue,
    description: 'Gives a coupon to a user: gate, then Kafka, then the answer',
    settingNames: issue,
    optionalSettingNames: issueOptional,
  },
  redeem: {
    ...functionLimits.redeem,
    description: 'Answers for issuances and redemptions',
    settingNames: redeem,
    optionalSettingNames: redeemOptional,
  },
  manage: {
    ...functionLimits.manage,
    description: "Answers the operator's calls, and everything that is nobody else's",
    settingNames: manage,
    optionalSettingNames: manageOptional,
  },
  record: {
    ...functionLimits.record,
    description: 'Stores accepted claims as issuances: Kafka to PostgreSQL',
    settingNames: record,
  },
  restore: {
    ...functionLimits.restore,
    description: 'Opens gates, and builds lost ones again from PostgreSQL',
    settingNames: restore,
  },
  grant: {
    ...functionLimits.grant,
    description: 'Claims for the users of grants, a few hundred a second',
    settingNames: grant,
  },
  sweep: {
    ...functionLimits.sweep,
    description: 'Publishes claims again whose outcome nobody knows',
    settingNames: sweep,
  },
  migrate: {
    ...functionLimits.migrate,
    description: 'Brings the database schema up to date',
    settingNames: migrate,
  },
} as const satisfies Record<string, FunctionDefinition>;

export type FunctionName = keyof typeof functions;
