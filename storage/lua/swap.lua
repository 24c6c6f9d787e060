-- Sets a key to another value, but only while it holds the one or the other.
-- KEYS: key  ARGV: value, the other
local value = redis.call('GET', KEYS[1])
if value == ARGV[2] then return 1 end
if value ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
