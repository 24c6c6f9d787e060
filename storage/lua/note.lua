-- Sets fields of a user; an empty value removes its field.
-- KEYS: the user, feed channel  ARGV: publish command, or nothing to tell nobody,
--       then field, value …
-- Returns 0 when the user is gone.
if redis.call('HEXISTS', KEYS[1], 'gone') == 1 then return 0 end
for i = 2, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', KEYS[1], ARGV[i])
  else
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
if ARGV[1] ~= '' then redis.call(ARGV[1], KEYS[2], 's') end
return 1
