-- KEYS: members, head, feed channel, meta, when each joined, the room's sanctions
-- ARGV: publish command, user, name, whether such a room has an owner
-- Returns 1 when the user was not in the room, -1 when banned from it. Who comes
-- first is its owner.
if held(KEYS[6], ARGV[2], {'ban'}) then return -1 end
if redis.call('HSETNX', KEYS[1], ARGV[2], ARGV[3]) == 0 then return 0 end
if ARGV[4] == '1' and redis.call('HLEN', KEYS[1]) == 1 and redis.call('HGET', KEYS[4], 'owner') ~= ARGV[2] then
  redis.call('HSET', KEYS[4], 'owner', ARGV[2])
  redis.call(ARGV[1], KEYS[3], 't')
end
redis.call('ZADD', KEYS[5], tell(ARGV[1], KEYS[2], KEYS[3], 'in', ARGV[2], ARGV[3]), ARGV[2])
return 1
