/** Pieces of Lua that several of the gate's scripts begin with. */

/**
 * `run_id` changes with each start of the server, `master_replid` with each promotion; together
 * they tell whether this data still is what the restore function loaded. `run_id` alone would
 * take a master for itself again that lost its role and got it back.
 */
export const PRELUDE = `
local GATE, CLAIMS, PENDING, USERS = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

local function server()
  local info = redis.call('INFO', 'server', 'replication')
  return string.match(info, 'run_id:(%x+)'), string.match(info, 'master_replid:(%x+)')
end

local function is_here(run_id, repl_id)
  if not run_id or not repl_id then return false end
  -- Whole lines, as plain text: a pattern takes as long as all the rest of a claim.
  local info = redis.call('INFO', 'server', 'replication')
  return string.find(info, '\\nrun_id:' .. run_id .. '\\r', 1, true)
    and string.find(info, '\\nmaster_replid:' .. repl_id .. '\\r', 1, true) and true
end

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function integer(number)
  return string.format('%.0f', number)
end
`;

/**
 * Why the gate decides nothing, or nil; needs the first six fields of HMGET in this order. The
 * counts tell of keys that are gone early: without its claims the gate would give their units
 * again, without those pending it would answer for what was never published.
 */
export const CLOSURE = `
local FENCE_FIELDS = {'epoch', 'building', 'runId', 'replId', 'given', 'unconfirmed'}

local function closure(fields)
  if fields[2] then return 'building' end
  if not fields[1] then return 'missing' end
  if not is_here(fields[3], fields[4]) then return 'foreign' end
  if redis.call('HLEN', CLAIMS) ~= tonumber(fields[5]) then return 'drift' end
  if redis.call('HLEN', PENDING) ~= tonumber(fields[6]) then return 'drift' end
  return nil
end
`;

/** Whether the gate is still being built, here, by the epoch in ARGV[1]. */
export const BUILDING = `
local function is_building()
  local marker = redis.call('HMGET', GATE, 'building', 'runId', 'replId', 'perUserLimit')
  return marker[1] == ARGV[1] and is_here(marker[2], marker[3]), tonumber(marker[4])
end
`;

/** The user's ordinals in use, as a string of 0 and 1 by position. */
export const ORDINALS = `
local function take_ordinal(user_key, ordinal)
  local taken = redis.call('HGET', USERS, user_key) or ''
  taken = taken .. string.rep('0', ordinal - #taken)
  taken = string.sub(taken, 1, ordinal - 1) .. '1' .. string.sub(taken, ordinal + 1)
  redis.call('HSET', USERS, user_key, taken)
end
`;
