-- KEYS: members, head, feed channel  ARGV: publish command, user, name
-- Returns 1 when the user was in the room.
if redis.call('HDEL', KEYS[1], ARGV[2]) == 0 then return 0 end
tell(ARGV[1], KEYS[2], KEYS[3], 'out', ARGV[2], ARGV[3])
return 1
