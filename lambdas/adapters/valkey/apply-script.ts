import { CLOSURE, PRELUDE } from './gate-script-parts.ts';

/**
 * ARGV: epoch · version · control · quantity · endsAt · forgetAt, all as PostgreSQL has them; then,
 * for a change that is not committed yet, its limits: quantity · endsAt.
 * Returns {'applied' | 'current' | 'restricted' | 'superseded' | 'end_past'} · {'stale', version} ·
 * {'below_given', given} · {'closed', why}.
 *
 * Versions are those of committed terms, so each has one meaning, and a write that arrives late
 * finds a later one. A limit belongs to the version on which its change was decided: within it
 * limits only add up, so that one of a change that failed, arriving late, gives nothing back.
 *
 * Runs when memory is full, too: then above all an operator must be able to close.
 */
export const APPLY = `#!lua flags=allow-oom
${PRELUDE}${CLOSURE}
local gate = redis.call('HMGET', GATE, FENCE_FIELDS[1], FENCE_FIELDS[2], FENCE_FIELDS[3],
  FENCE_FIELDS[4], FENCE_FIELDS[5], FENCE_FIELDS[6], 'version', 'quantity', 'endsAt',
  'restricted')
local version, there = tonumber(ARGV[2]), tonumber(gate[7] or 0)
local limited = #ARGV > 6

local why = closure(gate)
if why then
  -- Whoever builds it may have read the coupon before this change.
  if why == 'building' and not limited and version > there and is_here(gate[3], gate[4]) then
    redis.call('HSET', GATE, 'version', ARGV[2])
  end
  return {'closed', why}
end
if tonumber(gate[1]) > tonumber(ARGV[1]) then return {'superseded'} end
if there > version then return {'stale', gate[7]} end

local known = there == version
if known and not limited then return {gate[10] and 'restricted' or 'current'} end
local quantity = tonumber(known and gate[8] or ARGV[4])
local ends_at = tonumber(known and gate[9] or ARGV[5])
if limited then
  local new_end = tonumber(ARGV[8])
  -- The end is the first moment outside the window.
  if new_end < ends_at and new_end <= now_ms() then return {'end_past'} end
  quantity, ends_at = math.min(quantity, tonumber(ARGV[7])), math.min(ends_at, new_end)
end
if quantity < tonumber(gate[5]) then return {'below_given', gate[5]} end

if not known then
  -- First of all: a claim forgotten within the new window would be let in again.
  for _, key in ipairs(KEYS) do redis.call('PEXPIREAT', key, ARGV[6]) end
  redis.call('HSET', GATE, 'forgetAt', ARGV[6], 'version', ARGV[2], 'control', ARGV[3])
end
if quantity > tonumber(gate[8]) then redis.call('HSET', GATE, 'raisedAt', integer(now_ms())) end
redis.call('HSET', GATE, 'quantity', integer(quantity), 'endsAt', integer(ends_at))
if limited then redis.call('HSET', GATE, 'restricted', '1')
else redis.call('HDEL', GATE, 'restricted') end
return {'applied'}
`;
