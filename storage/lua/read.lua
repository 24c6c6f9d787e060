-- Moves a read mark forward, never back.
-- KEYS: the user's marks, feed channel, the user  ARGV: publish command, room, id
if redis.call('HEXISTS', KEYS[3], 'gone') == 1 then return 0 end
local was = tonumber(redis.call('HGET', KEYS[1], ARGV[2]) or '0')
if tonumber(ARGV[3]) <= was then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call(ARGV[1], KEYS[2], 'd' .. ARGV[3] .. ' ' .. ARGV[2])
return 1
