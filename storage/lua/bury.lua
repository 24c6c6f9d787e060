-- Ends a lease whose term is over. ARGV: publish command, lease
-- Returns how many sessions went with it; -1 when it is alive or gone already.
local ends = redis.call('ZSCORE', leases, ARGV[2])
if not ends or tonumber(ends) > now() then return -1 end
local all = redis.call('HKEYS', sessions)
for _, session in ipairs(all) do depart(ARGV[1], session) end
redis.call('ZREM', leases, ARGV[2])
return #all
