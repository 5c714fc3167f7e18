import type { Mutation } from '../mutation.ts';

const SCRIPTS = 'lambdas/adapters/valkey/gate-scripts.ts';
const PARTS = 'lambdas/adapters/valkey/gate-script-parts.ts';
const CONTRACT = 'test/contract/stock-gate.test.ts';
const IN_VALKEY = 'test/contract/valkey-gate.test.ts';
const CLIENT = 'test/contract/valkey-client.test.ts';

export const gateMutations: readonly Mutation[] = [
  {
    name: 'A gate that is missing is made by the first claim',
    loss: 'After the loss of Valkey everything is given a second time, and anybody claims of coupons that do not exist.',
    file: SCRIPTS,
    find: `local why = closure(gate)
if why then return {'closed', why} end

local function refuse(reason)`,
    replace: `local why = closure(gate)
if why == 'missing' then
  local run_id, repl_id = server()
  redis.call('HSET', GATE, 'epoch', '1', 'runId', run_id, 'replId', repl_id, 'given', '0',
    'unconfirmed', '0', 'perUserLimit', '1', 'control', 'active', 'startsAt', '0', 'endsAt', '4102444800000',
    'quantity', '1000', 'sequence', '0', 'forgetAt', '4102444800000')
  gate = redis.call('HMGET', GATE, FENCE_FIELDS[1], FENCE_FIELDS[2], FENCE_FIELDS[3],
    FENCE_FIELDS[4], FENCE_FIELDS[5], FENCE_FIELDS[6], 'perUserLimit', 'control', 'startsAt',
    'endsAt', 'quantity', 'sequence', 'forgetAt')
  why = nil
end
if why then return {'closed', why} end

local function refuse(reason)`,
    caughtBy: {
      file: CONTRACT,
      title: 'is closed while it is missing and while it is being built, for claims and finds',
    },
  },
  {
    name: 'State and window are checked before the existing claim',
    loss: 'Who got one and lost the reply is told "paused" or "ended" when they ask again.',
    file: SCRIPTS,
    find: `local now = now_ms()
local claim = redis.call('HGET', CLAIMS, digest)`,
    replace: `local now = now_ms()
if gate[8] == 'closed' then return refuse('coupon_closed') end
if now >= tonumber(gate[10]) then return refuse('issue_ended') end
if gate[8] == 'paused' then return refuse('coupon_paused') end
if now < tonumber(gate[9]) then return refuse('issue_not_started') end
local claim = redis.call('HGET', CLAIMS, digest)`,
    caughtBy: { file: CONTRACT, title: 'refuses a new claim when %s, not a repeated one' },
  },
  {
    name: 'Stock is checked before the existing claim',
    loss: 'Who got the last unit and presses again is told "sold out".',
    file: SCRIPTS,
    find: `local claim = redis.call('HGET', CLAIMS, digest)
if claim then
  local record`,
    replace: `local claim = redis.call('HGET', CLAIMS, digest)
if given >= tonumber(gate[11]) then return refuse('sold_out') end
if claim then
  local record`,
    caughtBy: {
      file: CONTRACT,
      title: 'gives no more than the quantity, and the same users still get their own',
    },
  },
  {
    name: 'The stock check lets one more through',
    loss: 'A coupon of 1,000 is given 1,001 times, and the last record goes to quarantine after its 202.',
    file: SCRIPTS,
    find: `if given >= tonumber(gate[11]) then`,
    replace: `if given > tonumber(gate[11]) then`,
    caughtBy: {
      file: CONTRACT,
      title: 'gives no more than the quantity, and the same users still get their own',
    },
  },
  {
    name: 'A pause is not looked at by the gate',
    loss: 'An operator who pauses a coupon that goes wrong pauses nothing.',
    file: SCRIPTS,
    find: `if gate[8] == 'paused' then return refuse('coupon_paused') end\n`,
    replace: '',
    caughtBy: { file: CONTRACT, title: 'refuses a new claim when %s, not a repeated one' },
  },
  {
    name: 'The fence is the run_id alone',
    loss: 'A master that lost its role and got it back takes its old data for current: units are given twice.',
    file: PARTS,
    find: String.raw`
    and string.find(info, '\\nmaster_replid:' .. repl_id .. '\\r', 1, true) and true`,
    replace: ' and true',
    caughtBy: {
      file: IN_VALKEY,
      title: 'is foreign when the server was restarted, or was another master in between',
    },
  },
  {
    name: 'The fence is the replication id alone',
    loss: 'A server that was restarted from an old snapshot goes on with it: units are given twice.',
    file: PARTS,
    find: String.raw`string.find(info, '\\nrun_id:' .. run_id .. '\\r', 1, true)
    and `,
    replace: '',
    caughtBy: {
      file: IN_VALKEY,
      title: 'is foreign when the server was restarted, or was another master in between',
    },
  },
  {
    name: 'Claims and count are not compared',
    loss: 'A claim that Valkey lost early lets its user in again, and the unit of another is given twice.',
    file: PARTS,
    find: `  if redis.call('HLEN', CLAIMS) ~= tonumber(fields[5]) then return 'drift' end\n`,
    replace: '',
    caughtBy: {
      file: IN_VALKEY,
      title: 'closes when its claims are gone early, instead of giving the units again',
    },
  },
  {
    name: 'Pending claims are not counted',
    loss: 'One that Valkey lost early is answered as published: the 202 has no record in Kafka.',
    file: PARTS,
    find: `  if redis.call('HLEN', PENDING) ~= tonumber(fields[6]) then return 'drift' end\n`,
    replace: '',
    caughtBy: {
      file: IN_VALKEY,
      title:
        'closes when pending claims are gone early, instead of answering for what nobody published',
    },
  },
  {
    name: 'Claims expire with the issue window',
    loss: 'A record delivered after the window meets a gate that has forgotten it; an extended window lets everybody in again.',
    file: SCRIPTS,
    find: `redis.call('PEXPIREAT', CLAIMS, gate[13])`,
    replace: `redis.call('PEXPIREAT', CLAIMS, gate[10])`,
    caughtBy: {
      file: IN_VALKEY,
      title: 'is forgotten as a whole, at the time it was opened with',
    },
  },
  {
    name: 'An extended window extends the gate, not its claims',
    loss: 'Within the longer window the claims are gone first, and everybody is let in again.',
    file: 'lambdas/adapters/valkey/apply-script.ts',
    find: `for _, key in ipairs(KEYS) do redis.call('PEXPIREAT', key, ARGV[6]) end`,
    replace: `redis.call('PEXPIREAT', GATE, ARGV[6])`,
    caughtBy: {
      file: IN_VALKEY,
      title: 'is forgotten later as a whole when its window is extended',
    },
  },
  {
    name: 'Gates are forgotten before Kafka forgets their records',
    loss: 'A record that is delivered late finds its user let in a second time.',
    file: 'lambdas/config/limits.ts',
    find: `const FORGET_GATE_AFTER_MS = TOPIC_RETENTION_MS + CLOCK_SKEW_MS;`,
    replace: `const FORGET_GATE_AFTER_MS = CLOCK_SKEW_MS;`,
    caughtBy: {
      file: 'test/domain/limits.test.ts',
      title: 'a gate is remembered for longer than the topic keeps a record of it',
    },
  },
  {
    name: 'The window is checked by the clock of the process',
    loss: 'A machine whose clock is an hour off opens the event an hour early, or for nobody.',
    file: SCRIPTS,
    find: `local now = now_ms()
local claim =`,
    replace: `local now = tonumber(ARGV[7])
local claim =`,
    also: [
      {
        file: 'lambdas/adapters/valkey/stock-gate.ts',
        find: `keyedDigest ?? '', userKey, userId, prefix];`,
        replace: `keyedDigest ?? '', userKey, userId, prefix, String(Date.now())];`,
      },
    ],
    caughtBy: {
      file: IN_VALKEY,
      title: 'knows nothing of this process’s clock, though it is off by %d day',
    },
  },
  {
    name: 'A confirmation takes pending entries of any epoch',
    loss: 'The late confirmation of a lost gate drops the only copy of a claim that the new gate has not published.',
    file: SCRIPTS,
    find: `if record and string.match(record, '"epoch":(%d+)}$') == ARGV[1] then`,
    replace: `if record then`,
    caughtBy: { file: CONTRACT, title: 'confirms only what is of the same epoch' },
  },
  {
    name: 'A user’s ordinals are counted, not looked for',
    loss: 'After a rebuild with a gap a user gets an ordinal twice, and the second record goes to quarantine after its 202.',
    file: SCRIPTS,
    find: `ordinal = string.find(taken, '0', 1, true) or #taken + 1`,
    replace: `ordinal = select(2, string.gsub(taken, '1', '')) + 1`,
    caughtBy: { file: CONTRACT, title: 'takes the lowest free ordinal of a user after a rebuild' },
  },
  {
    name: 'A gate command that timed out counts as one that never ran',
    loss: 'The claim did run: its user is told that nothing happened, and a unit is taken all the same.',
    file: 'lambdas/adapters/valkey/valkey-client.ts',
    find: `const ranNothing = NOTHING_RAN.test(message) || message.startsWith(NEVER_SENT);`,
    replace: `const ranNothing = NOTHING_RAN.test(message) || message.length > 0;`,
    caughtBy: {
      file: IN_VALKEY,
      title: 'has an unknown outcome when it does not answer in time, and did run all the same',
    },
  },
  {
    name: 'ioredis keeps commands until there is a connection',
    loss: 'While Valkey is away claims wait in memory, and run when their users have long been told 503.',
    file: 'lambdas/adapters/valkey/valkey-client.ts',
    find: `    enableOfflineQueue: false,\n`,
    replace: '',
    caughtBy: {
      file: CLIENT,
      title: 'a client without a connection refuses at once what it can not send',
    },
  },
  {
    name: 'ioredis runs a command again whose reply was cut',
    loss: 'A command runs twice for one call; what is not safe to repeat is done twice.',
    file: 'lambdas/adapters/valkey/valkey-client.ts',
    find: `    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
`,
    replace: '',
    caughtBy: { file: CLIENT, title: 'a client runs a command once, though its reply was cut' },
  },
];
