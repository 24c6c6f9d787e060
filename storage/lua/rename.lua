-- KEYS: members, head, feed channel  ARGV: publish command, user, name
local old = redis.call('HGET', KEYS[1], ARGV[2])
if not old or old == ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
tell(ARGV[1], KEYS[2], KEYS[3], 'name', ARGV[2], ARGV[3])
return 1
