import type { Area } from './document.ts';
import { awsAdapterMutations } from './mutations/aws-adapters.ts';
import { awsMutations } from './mutations/aws.ts';
import { changeMutations } from './mutations/change.ts';
import { gateMutations } from './mutations/gate.ts';
import { httpMutations } from './mutations/http.ts';
import { monitoringMutations } from './mutations/monitoring.ts';
import { metricMutations } from './mutations/metrics.ts';
import { publishMutations } from './mutations/publish.ts';
import { rebuildMutations } from './mutations/rebuild.ts';
import { recordMutations } from './mutations/record.ts';
import { redeemMutations } from './mutations/redeem.ts';

/** All bugs that `npm run mutants` puts back. */
export const areas: readonly Area[] = [
  { title: 'The gate', mutations: gateMutations },
  { title: 'Publishing', mutations: publishMutations },
  { title: 'Recording', mutations: recordMutations },
  { title: 'Rebuilding a gate', mutations: rebuildMutations },
  { title: 'Changing a coupon', mutations: changeMutations },
  { title: 'Redeeming', mutations: redeemMutations },
  { title: 'Requests and grants', mutations: httpMutations },
  { title: 'Measuring and checking', mutations: metricMutations },
  { title: 'Signing in to AWS', mutations: awsAdapterMutations },
  { title: 'The AWS stack', mutations: awsMutations },
  { title: 'Alarms', mutations: monitoringMutations },
];
