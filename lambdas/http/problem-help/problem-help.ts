import type { ProblemCode } from '../problems.ts';
import type { ProblemHelp } from './help.ts';
import { helpOfCoupons } from './of-coupons.ts';
import { helpOfRedeeming } from './of-redeeming.ts';
import { helpOfRequests } from './of-requests.ts';
import { helpOfServers } from './of-servers.ts';

/** What each problem means, and what to do. Words between backquotes are code. */
export const problemHelp: Readonly<Record<ProblemCode, ProblemHelp>> = {
  ...helpOfRequests,
  ...helpOfCoupons,
  ...helpOfRedeeming,
  ...helpOfServers,
};
