-- Takes a name for a user: 1 when it is the user's now. A name that the user
-- had given up is taken back.
-- KEYS: the name  ARGV: user
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1
