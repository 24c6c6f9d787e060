-- Deletes a key, but only while it holds the value.
-- KEYS: key  ARGV: value
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
