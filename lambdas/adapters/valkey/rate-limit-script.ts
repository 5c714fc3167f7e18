/**
 * The generic cell rate algorithm: one number a user says it all, the time at which the burst is
 * whole again. Asked for `cost` requests, it moves that time on by as many intervals, unless it
 * would lie further ahead than the burst is long; then nothing changes. By the server's clock, in
 * microseconds: a double holds them exactly until the year 2255.
 */
const SPEND = `
local interval, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local capacity = burst * interval

local full_at = tonumber(redis.call('GET', KEYS[1]) or now)
if full_at < now then full_at = now end
-- Another server's clock may have run ahead: nobody waits longer than a whole burst takes.
if full_at > now + capacity then full_at = now + capacity end

local next_full_at = full_at + cost * interval
local excess = next_full_at - now - capacity
if excess > 0 then
  return {0, math.floor((now + capacity - full_at) / interval), full_at - now, excess}
end
redis.call('SET', KEYS[1], string.format('%.0f', next_full_at),
  'PX', math.ceil((next_full_at - now) / 1000))
return {1, math.floor(-excess / interval), next_full_at - now, 0}
`;

/** Registered at the client like the gate's. One key: it runs on a cluster too. */
export const rateLimitScripts = {
  spendRequests: { lua: SPEND, numberOfKeys: 1 },
} as const;
