-- Raises a counter to a number that is known to be in use.
-- KEYS: counter  ARGV: number
if tonumber(redis.call('GET', KEYS[1]) or '0') >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1
