import type { Bug } from '../mutants/mutation.ts';
import { publishMutations } from '../mutants/mutations/publish.ts';
import { recordMutations } from '../mutants/mutations/record.ts';

/** A bug by which a promise is broken while every answer looks well. */
export interface Lie {
  readonly bug: Bug;
  /** Of `npm run rehearse`: as small as shows it. */
  readonly rehearsal: readonly string[];
  /** What the rehearsal has to call broken, at least. */
  readonly breaks: string;
}

/** A broker that comes back has written what nobody waits for any more. */
const FROZEN = [
  ...['--rate', '300', '--seconds', '12', '--users', '3000', '--quantity', '1500'],
  ...['--fault', 'kafka-freeze@3'],
];

export const lies: readonly Lie[] = [
  {
    bug: {
      name: 'One publish in fifty is lost',
      file: 'lambdas/domain/issue-coupon.ts',
      find: '      await log.publish(issuance.id, record, deadline, claim.origin);\n',
      replace:
        '      if (issuance.sequence % 50 !== 0) await log.publish(issuance.id, record, deadline, claim.origin);\n',
    },
    rehearsal: ['--rate', '100', '--seconds', '3', '--users', '200', '--quantity', '150'],
    breaks: 'I3',
  },
  {
    bug: known(recordMutations, 'The counter moves by the size of the batch'),
    rehearsal: FROZEN,
    breaks: 'I1',
  },
  {
    bug: known(publishMutations, 'A publish that timed out gives its unit back'),
    rehearsal: FROZEN,
    breaks: 'I5',
  },
];

function known(bugs: readonly Bug[], name: string): Bug {
  const found = bugs.find((bug) => bug.name === name);
  if (found === undefined) throw new Error(`there is no bug "${name}"`);
  return found;
}
