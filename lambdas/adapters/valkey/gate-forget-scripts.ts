/** The gate's Lua scripts for the erasure of users; keys and rules are those of gate-scripts.ts. */

/** Of a claim, all but the user's id; see the script that lets it in. */
const NAMELESS = "'^%d+|%d+|%d+|%d+|'";

/**
 * ARGV: user key · digests of the user's claims. Blanks the user's id in them. Returns how many
 * more claims the user has, as far as the gate counts them by user, or −1 while it is being built:
 * what is loaded may have been read before the erasure.
 */
export const FORGET = `#!lua flags=allow-oom
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
export const FORGET_PAGE = `#!lua flags=allow-oom
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
