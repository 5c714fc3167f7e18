import type { Mutation } from '../mutation.ts';

const RESTORE = 'lambdas/domain/restore-gate.ts';
const SCRIPTS = 'lambdas/adapters/valkey/gate-scripts.ts';
const POSITIONS = 'lambdas/adapters/kafka/kafka-log-positions.ts';
const LEDGER = 'lambdas/adapters/postgres/restore-ledger.ts';
const REBUILDS = 'test/domain/restore-gate.test.ts';
const CONTRACT = 'test/contract/stock-gate.test.ts';
const IN_VALKEY = 'test/contract/valkey-gate.test.ts';
const IN_POSTGRES = 'test/contract/ledger.test.ts';

export const rebuildMutations: readonly Mutation[] = [
  {
    name: 'PostgreSQL is read before the record group has come to the end of the log',
    loss: 'What is in Kafka and not yet a row is given a second time.',
    file: RESTORE,
    find: `  if (begun.fence !== undefined && !(await drain(begun.fence, renew, dependencies))) {
    return 'waiting';
  }
`,
    replace: '',
    caughtBy: { file: REBUILDS, title: 'waits for what is in the log and not yet recorded' },
  },
  {
    name: 'A rebuild does not wait for those who passed the lost gate',
    loss: 'Their publishes land behind the fence: a 202 that never becomes a row.',
    file: RESTORE,
    find: `  await clock.sleep(settings.settleMs);\n`,
    replace: '',
    caughtBy: {
      file: REBUILDS,
      title: 'lets who passed the lost gate publish until their budget is over',
    },
  },
  {
    name: 'The end of the log is read before the wait',
    loss: 'Who publishes within their budget during the wait is late: a 202 that never becomes a row.',
    file: RESTORE,
    find: `  await clock.sleep(settings.settleMs);
  const endOffsets = await log.endOffsets();
`,
    replace: `  const endOffsets = await log.endOffsets();
  await clock.sleep(settings.settleMs);
`,
    caughtBy: {
      file: REBUILDS,
      title: 'counts what those publish who passed the lost gate, until its wait is over',
    },
  },
  {
    name: 'The log’s end is where it begins',
    loss: 'The rebuild waits for nothing, and makes every record late that is still on its way.',
    file: POSITIONS,
    find: `partitions.map(({ partition, high }) => [partition, high])`,
    replace: `partitions.map(({ partition, low }) => [partition, low])`,
    caughtBy: {
      file: 'test/contract/log-positions.test.ts',
      title: 'are the offsets of the next records: to be written, and to be recorded',
    },
  },
  {
    name: 'A rebuild waits for records that retention has removed',
    loss: 'They are never delivered: the gate stays shut until a person moves the group.',
    file: POSITIONS,
    find: `return [partition, BigInt(offset) < BigInt(start) ? start : offset];`,
    replace: `return [partition, BigInt(offset) < 0n ? start : offset];`,
    caughtBy: {
      file: 'test/contract/log-positions.test.ts',
      title: 'leave out what retention has removed: it will never be delivered',
    },
  },
  {
    name: 'A rebuilt gate is forgotten with its window',
    loss: 'A record that is delivered late, or an extended window, meets no gate that knows who has claimed.',
    file: 'lambdas/domain/fill-gate.ts',
    find: `forgetAt: coupon.issueEndsAt + settings.forgetAfterMs,`,
    replace: `forgetAt: coupon.issueEndsAt,`,
    caughtBy: {
      file: REBUILDS,
      title: 'opens a gate that is remembered until no record of it can come any more',
    },
  },
  {
    name: 'A partition without any record is waited for',
    loss: 'The rebuild of a gate never ends where one partition is still empty.',
    file: 'lambdas/domain/fences.ts',
    find: `return BigInt(end) > 0n && done < BigInt(end);`,
    replace: `return done < BigInt(end);`,
    caughtBy: { file: 'test/domain/rules.test.ts', title: 'is drained where nothing ever was' },
  },
  {
    name: 'The next sequence is the number of rows',
    loss: 'Where a claim was lost the next users get sequences that others have.',
    file: 'lambdas/domain/fill-gate.ts',
    find: `    lastSequence = chunk.reduce((most, { sequence }) => Math.max(most, sequence), lastSequence);`,
    replace: `    lastSequence = given;`,
    caughtBy: { file: REBUILDS, title: 'goes on behind the greatest sequence, also past gaps' },
  },
  {
    name: 'PostgreSQL’s epoch is not looked at before the load',
    loss: 'A rebuilder that was overtaken opens a gate whose records its successor’s fence makes late.',
    file: RESTORE,
    find: `    if (locked.coupon.epoch !== begun.epoch) return 'superseded';\n`,
    replace: `    locked = { ...locked, coupon: { ...locked.coupon, epoch: begun.epoch } };\n`,
    caughtBy: {
      file: REBUILDS,
      title: 'one that was overtaken in PostgreSQL alone opens nothing',
    },
  },
  {
    name: 'A fence is stored for an epoch that is over',
    loss: 'The zombie’s fence stands behind that of its successor: a late record slips in between the two.',
    file: LEDGER,
    find: `WHERE id = $1 AND epoch = $2',
    [couponId, epoch],`,
    replace: `WHERE id = $1 AND epoch >= $2',
    [couponId, epoch],`,
    caughtBy: {
      file: IN_POSTGRES,
      title: 'by fences that are stored once, and never of an epoch that is over',
    },
  },
  {
    name: 'A rebuild reads the rows without the coupon’s lock',
    loss: 'A change or another rebuild comes in between: the gate opens with what is no longer so.',
    file: 'lambdas/adapters/postgres/coupon-changes.ts',
    find: `FROM coupons WHERE id = $1 FOR NO KEY UPDATE\``,
    replace: `FROM coupons WHERE id = $1\``,
    caughtBy: { file: IN_POSTGRES, title: 'and lets one at a time hold a coupon' },
  },
  {
    name: 'A load is taken from whoever sends it',
    loss: 'A zombie rebuilder adds its claims to a gate that is open: units vanish, or the gate shuts for drift.',
    file: SCRIPTS,
    find: `local building, limit = is_building()
if not building then return 0 end
`,
    replace: `local _, limit = is_building()
limit = limit or 1
`,
    caughtBy: {
      file: CONTRACT,
      title: 'takes no load, clearing or opening but of the epoch that is building it',
    },
  },
  {
    name: 'A gate is emptied by whoever says so',
    loss: 'A zombie rebuilder wipes the claims of its successor’s gate.',
    file: SCRIPTS,
    find: `if not is_building() then return 0 end
redis.call('UNLINK'`,
    replace: `redis.call('UNLINK'`,
    caughtBy: {
      file: CONTRACT,
      title: 'takes no load, clearing or opening but of the epoch that is building it',
    },
  },
  {
    name: 'A gate is opened by whoever has counted right',
    loss: 'A rebuilder that woke late opens its own gate over that of its successor.',
    file: SCRIPTS,
    find: `if not is_building() then return 0 end
if redis.call('HLEN', CLAIMS) ~= tonumber(ARGV[2]) then return 0 end`,
    replace: `if redis.call('HLEN', CLAIMS) ~= tonumber(ARGV[2]) then return 0 end`,
    caughtBy: {
      file: CONTRACT,
      title: 'takes no load, clearing or opening but of the epoch that is building it',
    },
  },
  {
    name: 'A gate opens though part of its load is gone',
    loss: 'Who was in the missing part is let in again, and gets the unit of another.',
    file: SCRIPTS,
    find: `if redis.call('HLEN', CLAIMS) ~= tonumber(ARGV[2]) then return 0 end`,
    replace: '',
    caughtBy: {
      file: CONTRACT,
      title: 'does not open when some of the claims loaded are not there',
    },
  },
  {
    name: 'A rebuild is begun behind a later one',
    loss: 'The marker of the successor is gone, and the zombie goes on in its place.',
    file: SCRIPTS,
    find: `if tonumber(there) > tonumber(ARGV[1]) then return 0 end`,
    replace: `if tonumber(there) < 0 then return 0 end`,
    caughtBy: {
      file: CONTRACT,
      title: 'takes no load, clearing or opening but of the epoch that is building it',
    },
  },
  {
    name: 'A gate that was flushed while it was built goes on being built',
    loss: 'FLUSHALL in the middle of a load opens a gate with half of its claims.',
    file: 'lambdas/adapters/valkey/gate-script-parts.ts',
    find: `return marker[1] == ARGV[1] and is_here(marker[2], marker[3]), tonumber(marker[4])`,
    replace: `return not marker[1] or marker[1] == ARGV[1], tonumber(marker[4] or 1)`,
    caughtBy: {
      file: IN_VALKEY,
      title: 'takes no load into a gate that was flushed while it was being built',
    },
  },
  {
    name: 'A rebuild begins anew where an earlier one had its fence',
    loss: 'Each try waits again and moves the epoch: under steady faults the gate never opens.',
    file: RESTORE,
    find: `if (fence !== undefined) return { epoch: coupon.epoch, fence };`,
    replace: `if (fence?.epoch === -1) return { epoch: coupon.epoch, fence };`,
    caughtBy: {
      file: REBUILDS,
      title: 'goes on where an earlier one stopped, without another epoch and wait',
    },
  },
  {
    name: 'A coupon that is long over gets a gate again',
    loss: 'Whoever looks at old coupons has Valkey filled with their claims.',
    file: 'lambdas/domain/coupon.ts',
    find: `return now < coupon.issueEndsAt + (neverHadOne ? 0 : forgetAfterMs);`,
    replace: `return now < Infinity || neverHadOne || forgetAfterMs > 0;`,
    caughtBy: { file: REBUILDS, title: 'leaves coupons alone that are over or unknown' },
  },
  {
    name: 'Each claim at a closed gate asks PostgreSQL',
    loss: 'In a spike on a lost gate 3,000 questions a second take the database down as well.',
    file: 'lambdas/domain/closed-gate.ts',
    find: `      if (known && known.until > now) return known.standing;\n`,
    replace: '',
    caughtBy: {
      file: 'test/domain/issue-coupon.test.ts',
      title: 'of a living coupon has the gate rebuilt, asked for once by all who come at once',
    },
  },
  {
    name: 'An issuance that nobody can look up is a 404',
    loss: 'A user is told that the coupon they were promised does not exist.',
    file: 'lambdas/functions/redeem/read-issuance.ts',
    find: `return { kind: standing === 'live' ? 'cannot_tell' : 'absent' };`,
    replace: `return { kind: standing === 'live' ? 'absent' : 'absent' };`,
    caughtBy: {
      file: 'test/domain/read-issuance.test.ts',
      title: 'is never denied while nobody can tell',
    },
  },
];
