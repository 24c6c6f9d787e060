-- KEYS: the user's rooms, the user's invitations, feed channel
-- ARGV: publish command, room, most invitations, the invitation
-- Returns 1; 0 when the user is in the room, -1 when too many wait.
if redis.call('SISMEMBER', KEYS[1], ARGV[2]) == 1 then return 0 end
if redis.call('HEXISTS', KEYS[2], ARGV[2]) == 0 and redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[3]) then return -1 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
redis.call(ARGV[1], KEYS[3], 's')
return 1
