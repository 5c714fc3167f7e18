import { COUNTED_REFUSALS } from '../../domain/gate.ts';
import { APPLY } from './apply-script.ts';
import { BUILDING, CLOSURE, ORDINALS, PRELUDE } from './gate-script-parts.ts';

/**
 * The gate's Lua scripts. Each runs atomically over a fixed, declared set of keys under one hash
 * tag, returns a reason and never just 0 or 1, and is safe to run twice.
 *
 * When memory is full Valkey refuses a script that writes as a whole, instead of letting it fail
 * between two writes; those that read, and those that free memory, still run.
 */

/** Keys of every script, in this order; `{coupon}` keeps them in one slot of a cluster. */
export function gateKeys(
  couponId: string,
): [gate: string, claims: string, pending: string, users: string] {
  const prefix = `gate:{${couponId}}`;
  return [prefix, `${prefix}:claims`, `${prefix}:pending`, `${prefix}:users`];
}

/**
 * ARGV: coupon id · digest · digest by Idempotency-Key or '' · user key · user id · record prefix.
 * Returns {'accepted' | 'pending', record} · {'claimed', claim, age in ms, digest} · {'refused', reason} ·
 * {'closed', why}.
 *
 * The closed gate is asked first: while another gate is being built, an answer from this one's
 * claims could acknowledge a publish that lands behind the fence. Then the existing claim, whose
 * reply may have been lost; state, window and quantity only for a new one.
 */
const CLAIM = `#!lua
${PRELUDE}${CLOSURE}${ORDINALS}
local gate = redis.call('HMGET', GATE, FENCE_FIELDS[1], FENCE_FIELDS[2], FENCE_FIELDS[3],
  FENCE_FIELDS[4], FENCE_FIELDS[5], FENCE_FIELDS[6], 'perUserLimit', 'control', 'startsAt',
  'endsAt', 'quantity', 'sequence', 'forgetAt')
local why = closure(gate)
if why then return {'closed', why} end

local function refuse(reason)
  redis.call('HINCRBY', GATE, 'refused:' .. reason, 1)
  return {'refused', reason}
end

local epoch, given, limit = gate[1], tonumber(gate[5]), tonumber(gate[7])
local digest = ARGV[2]
if limit > 1 then
  digest = ARGV[3]
  if digest == '' then return {'refused', 'idempotency_key_required'} end
end

local now = now_ms()
local claim = redis.call('HGET', CLAIMS, digest)
if claim then
  local record = redis.call('HGET', PENDING, digest)
  if record then return {'pending', record} end
  local accepted_at = tonumber(string.match(claim, '^%d+|%d+|(%d+)|'))
  return {'claimed', claim, integer(now - accepted_at), digest}
end

if gate[8] == 'closed' then return refuse('coupon_closed') end
if now >= tonumber(gate[10]) then return refuse('issue_ended') end
if gate[8] == 'paused' then return refuse('coupon_paused') end
if now < tonumber(gate[9]) then return refuse('issue_not_started') end
if given >= tonumber(gate[11]) then return refuse('sold_out') end

local ordinal = 1
if limit > 1 then
  local taken = redis.call('HGET', USERS, ARGV[4]) or ''
  ordinal = string.find(taken, '0', 1, true) or #taken + 1
  if ordinal > limit then return refuse('user_limit_reached') end
end

local sequence = tonumber(gate[12]) + 1
local record = ARGV[6] .. '"id":"' .. ARGV[1] .. '_' .. digest .. '","ordinal":' .. integer(ordinal)
  .. ',"sequence":' .. integer(sequence) .. ',"acceptedAt":' .. integer(now)
  .. ',"epoch":' .. epoch .. '}'
redis.call('HSET', CLAIMS, digest, epoch .. '|' .. integer(sequence) .. '|' .. integer(now) .. '|'
  .. integer(ordinal) .. '|' .. ARGV[5])
redis.call('HSET', PENDING, digest, record)
redis.call('HSET', GATE, 'given', integer(given + 1), 'sequence', integer(sequence),
  'unconfirmed', integer(tonumber(gate[6]) + 1))
if limit > 1 then take_ordinal(ARGV[4], ordinal) end

-- A hash that was empty has no expiry yet: claims may be forgotten when the gate is.
if given == 0 then
  redis.call('PEXPIREAT', CLAIMS, gate[13])
  if limit > 1 then redis.call('PEXPIREAT', USERS, gate[13]) end
end
if redis.call('HLEN', PENDING) == 1 then redis.call('PEXPIREAT', PENDING, gate[13]) end
return {'accepted', record}
`;

/** ARGV: epoch · digests. Only entries of that epoch go: a later gate's are not yet published. */
const CONFIRM = `#!lua flags=allow-oom
local GATE, PENDING = KEYS[1], KEYS[3]
local confirmed = 0
for i = 2, #ARGV do
  local record = redis.call('HGET', PENDING, ARGV[i])
  if record and string.match(record, '"epoch":(%d+)}$') == ARGV[1] then
    confirmed = confirmed + redis.call('HDEL', PENDING, ARGV[i])
  end
end
-- Of a gate that is gone nothing is counted: the hash would come to be without an end.
if confirmed > 0 and redis.call('HEXISTS', GATE, 'unconfirmed') == 1 then
  redis.call('HINCRBY', GATE, 'unconfirmed', -confirmed)
end
return confirmed
`;

/** ARGV: digest. Returns {'found', claim} · {'absent'} · {'closed', why}. */
const FIND = `#!lua flags=no-writes
${PRELUDE}${CLOSURE}
local why = closure(redis.call('HMGET', GATE, unpack(FENCE_FIELDS)))
if why then return {'closed', why} end
local claim = redis.call('HGET', CLAIMS, ARGV[1])
if claim then return {'found', claim} end
return {'absent'}
`;

/**
 * Returns {'open', epoch, version, quantity, given, pending, 1 if restricted, openedAt, counts of
 * refusals in the order of their names in ARGV} · {'closed', why, building epoch or '', version}.
 */
const STATUS = `#!lua flags=no-writes
${PRELUDE}${CLOSURE}
local gate = redis.call('HMGET', GATE, FENCE_FIELDS[1], FENCE_FIELDS[2], FENCE_FIELDS[3],
  FENCE_FIELDS[4], FENCE_FIELDS[5], FENCE_FIELDS[6], 'version', 'quantity', 'restricted',
  'openedAt')
local why = closure(gate)
if why then
  local building = ''
  if gate[2] and is_here(gate[3], gate[4]) then building = gate[2] end
  return {'closed', why, building, gate[7] or '0'}
end
local status = {'open', gate[1], gate[7], gate[8], gate[5], gate[6], gate[9] or '0',
  gate[10] or '0'}
for _, reason in ipairs(ARGV) do
  status[#status + 1] = redis.call('HGET', GATE, 'refused:' .. reason) or '0'
end
return status
`;

/**
 * ARGV: cursor · least age in ms · count. Returns {next cursor, digest, record, digest, record, …}.
 * What was let in later than now is from before the clock was set back: nobody knows its age.
 */
const SCAN_PENDING = `#!lua flags=no-writes
${PRELUDE}${CLOSURE}
if closure(redis.call('HMGET', GATE, unpack(FENCE_FIELDS))) then return {'0'} end
local now = now_ms()
local latest = now - tonumber(ARGV[2])
local page = redis.call('HSCAN', PENDING, ARGV[1], 'COUNT', ARGV[3])
local found = {page[1]}
for i = 1, #page[2], 2 do
  local accepted_at = tonumber(string.match(page[2][i + 1], '"acceptedAt":(%d+),"epoch":%d+}$'))
  -- From a time to come: the clock was set back, and nobody knows its age.
  if accepted_at <= latest or accepted_at > now then
    found[#found + 1] = page[2][i]
    found[#found + 1] = page[2][i + 1]
  end
end
return found
`;

/** ARGV: epoch · time to live of the marker in ms. Returns 0 if a later epoch is there already. */
const BEGIN_BUILDING = `#!lua flags=allow-oom
${PRELUDE}
local gate = redis.call('HMGET', GATE, 'epoch', 'building')
for _, there in ipairs({gate[1] or '0', gate[2] or '0'}) do
  if tonumber(there) > tonumber(ARGV[1]) then return 0 end
end
local run_id, repl_id = server()
redis.call('HSET', GATE, 'building', ARGV[1], 'runId', run_id, 'replId', repl_id)
redis.call('PEXPIRE', GATE, ARGV[2])
return 1
`;

/** ARGV: epoch · per-user limit. */
const CLEAR = `#!lua flags=allow-oom
${PRELUDE}${BUILDING}
if not is_building() then return 0 end
redis.call('UNLINK', CLAIMS, PENDING, USERS)
redis.call('HSET', GATE, 'perUserLimit', ARGV[2])
return 1
`;

/**
 * ARGV: epoch · digest, claim, user key, ordinal · …
 * Until the gate is opened its claims live as long as its marker: a rebuild may never be finished.
 */
const LOAD = `#!lua
${PRELUDE}${BUILDING}${ORDINALS}
local building, limit = is_building()
if not building then return 0 end
for i = 2, #ARGV, 4 do
  redis.call('HSET', CLAIMS, ARGV[i], ARGV[i + 1])
  if limit > 1 then take_ordinal(ARGV[i + 2], tonumber(ARGV[i + 3])) end
end
local forget_at = redis.call('PEXPIRETIME', GATE)
for _, key in ipairs({CLAIMS, USERS}) do redis.call('PEXPIREAT', key, forget_at) end
return 1
`;

const REFUSAL_FIELDS = COUNTED_REFUSALS.map((reason) => `'refused:${reason}'`).join(', ');

/**
 * ARGV: epoch · given · forgetAt · version · then the gate's other fields, name and value.
 * Returns 0 if not being built by this epoch, or if the claims loaded are not `given`, or if the
 * gate was told of later terms meanwhile: whoever opens it has lost the coupon's row lock.
 */
const OPEN = `#!lua flags=allow-oom
${PRELUDE}${BUILDING}
if not is_building() then return 0 end
if redis.call('HLEN', CLAIMS) ~= tonumber(ARGV[2]) then return 0 end
if tonumber(redis.call('HGET', GATE, 'version') or 0) > tonumber(ARGV[4]) then return 0 end
local now = integer(now_ms())
redis.call('HSET', GATE, 'epoch', ARGV[1], 'given', ARGV[2], 'unconfirmed', '0', 'forgetAt',
  ARGV[3], 'version', ARGV[4], 'openedAt', now, 'raisedAt', now, unpack(ARGV, 5))
redis.call('HDEL', GATE, 'building', 'restricted', ${REFUSAL_FIELDS})
for _, key in ipairs({GATE, CLAIMS, USERS}) do redis.call('PEXPIREAT', key, ARGV[3]) end
return 1
`;

/** Of a claim, all but the user's id; see CLAIM. */
const NAMELESS = "'^%d+|%d+|%d+|%d+|'";

/**
 * ARGV: user key · digests of the user's claims. Blanks the user's id in them. Returns how many
 * more claims the user has, as far as the gate counts them by user, or −1 while it is being built:
 * what is loaded may have been read before the erasure.
 */
const FORGET = `#!lua flags=allow-oom
local GATE, CLAIMS, USERS = KEYS[1], KEYS[2], KEYS[4]
if redis.call('HEXISTS', GATE, 'building') == 1 then return -1 end
local _, others = string.gsub(redis.call('HGET', USERS, ARGV[1]) or '', '1', '')
for i = 2, #ARGV do
  local claim = redis.call('HGET', CLAIMS, ARGV[i])
  if claim then
    redis.call('HSET', CLAIMS, ARGV[i], string.match(claim, ${NAMELESS}))
    others = others - 1
  end
end
return math.max(0, others)
`;

/** ARGV: user id · cursor · count. Blanks the user's id in a page of claims; returns the next cursor. */
const FORGET_PAGE = `#!lua flags=allow-oom
local CLAIMS = KEYS[2]
local page = redis.call('HSCAN', CLAIMS, ARGV[2], 'COUNT', ARGV[3])
for i = 1, #page[2], 2 do
  local nameless = string.match(page[2][i + 1], ${NAMELESS})
  if page[2][i + 1] == nameless .. ARGV[1] then
    redis.call('HSET', CLAIMS, page[2][i], nameless)
  end
end
return page[1]
`;

const NUMBER_OF_KEYS = 4;

export const gateScripts = {
  gateClaim: { lua: CLAIM, numberOfKeys: NUMBER_OF_KEYS },
  gateConfirm: { lua: CONFIRM, numberOfKeys: NUMBER_OF_KEYS },
  gateFind: { lua: FIND, numberOfKeys: NUMBER_OF_KEYS },
  gateStatus: { lua: STATUS, numberOfKeys: NUMBER_OF_KEYS },
  gateScanPending: { lua: SCAN_PENDING, numberOfKeys: NUMBER_OF_KEYS },
  gateBeginBuilding: { lua: BEGIN_BUILDING, numberOfKeys: NUMBER_OF_KEYS },
  gateClear: { lua: CLEAR, numberOfKeys: NUMBER_OF_KEYS },
  gateLoad: { lua: LOAD, numberOfKeys: NUMBER_OF_KEYS },
  gateOpen: { lua: OPEN, numberOfKeys: NUMBER_OF_KEYS },
  gateApply: { lua: APPLY, numberOfKeys: NUMBER_OF_KEYS },
  gateForget: { lua: FORGET, numberOfKeys: NUMBER_OF_KEYS },
  gateForgetPage: { lua: FORGET_PAGE, numberOfKeys: NUMBER_OF_KEYS },
} as const;
