-- Keeps an entry of one of a user's own hashes; an empty value removes it.
-- KEYS: the user, the hash, feed channel and, where the entry must be one of
--       the user's rooms, these  ARGV: publish command, or nothing to
--       tell nobody, entry, value, most entries
-- Returns 1; 0 where no more entries fit, -1 where the user is gone, -2 where
-- the user is not in the room.
if redis.call('HEXISTS', KEYS[1], 'gone') == 1 then return -1 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[2], ARGV[2])
else
  local general = ARGV[2] == '0'
  if KEYS[4] and not general and redis.call('SISMEMBER', KEYS[4], ARGV[2]) == 0 then return -2 end
  local new = redis.call('HEXISTS', KEYS[2], ARGV[2]) == 0
  if new and redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[4]) then return 0 end
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
end
if ARGV[1] ~= '' then redis.call(ARGV[1], KEYS[3], 's') end
return 1
