-- Turns an invitation into a place in the room.
-- KEYS: the user's rooms, the user's invitations  ARGV: room
-- Returns 0 when the user is neither invited nor in the room.
if redis.call('HDEL', KEYS[2], ARGV[1]) == 0 then return redis.call('SISMEMBER', KEYS[1], ARGV[1]) end
redis.call('SADD', KEYS[1], ARGV[1])
return 1
