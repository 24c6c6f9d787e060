-- Has a user's number be that of who comes by a key: 1 when it is now, or was
-- before; 0, with nothing done, when it is somebody else's, or was lately, or the
-- key is none of theirs any more.
-- KEYS: the user, their keys, and what tells for a while that they were put back:
--       others of their keys may be then, too
-- ARGV: fingerprint, the key's line, when the user was made and seen (ms); where
--       who was lost is put back: for how long that is told (ms)
if redis.call('HEXISTS', KEYS[1], 'gone') == 1 then return 0 end
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then
  local had = redis.call('HEXISTS', KEYS[1], 'name') == 1 or redis.call('EXISTS', KEYS[2]) == 1
  local theirs = ARGV[5] and redis.call('EXISTS', KEYS[3]) == 1 and redis.call('HGET', KEYS[1], 'created') == ARGV[3]
  if had and not theirs then return 0 end
  if ARGV[5] and not had then redis.call('SET', KEYS[3], '1', 'PX', ARGV[5]) end
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
end
redis.call('HSETNX', KEYS[1], 'created', ARGV[3])
redis.call('HSETNX', KEYS[1], 'seen', ARGV[4])
return 1
