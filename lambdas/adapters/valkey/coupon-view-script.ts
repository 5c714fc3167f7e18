/**
 * KEYS: view. ARGV: version · view · time to live in ms. Returns the view that is kept: a later
 * version's, if whoever brings this one read the coupon before it was changed.
 */
export const KEEP_VIEW = `
local there = redis.call('GET', KEYS[1])
local version = there and tonumber(string.match(there, '^%d+'))
if version and version > tonumber(ARGV[1]) then return there end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return ARGV[2]
`;
