-- Removes a key from a user's, unless it is the last one. From then on none is put
-- back: that could be the one.
-- KEYS: the user's keys, and what tells that they were put back  ARGV: fingerprint
-- Returns how many are left; 0 when it was the last, -1 when it is not there.
local has = redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1
if has and redis.call('HLEN', KEYS[1]) == 1 then return 0 end
redis.call('DEL', KEYS[2])
if not has then return -1 end
redis.call('HDEL', KEYS[1], ARGV[1])
return redis.call('HLEN', KEYS[1])
