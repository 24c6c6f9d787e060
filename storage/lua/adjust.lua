-- Sets a field of a room where the user's role allows it. A new name takes the
-- password away, which opens the old one.
-- KEYS: meta, feed channel
-- ARGV: publish command, user, least rank, field, value ('': none), notice
-- Returns {'', the value before}, or a code and what to tell the user.
local refusal = unfit(KEYS[1], ARGV[2], tonumber(ARGV[3]))
if not refusal and ARGV[4] ~= 'archived' then refusal = frozen(KEYS[1]) end
if refusal then return refusal end

local before = redis.call('HGET', KEYS[1], ARGV[4]) or ''
if before == ARGV[5] then return {'', before} end
if ARGV[5] == '' then
  redis.call('HDEL', KEYS[1], ARGV[4])
else
  redis.call('HSET', KEYS[1], ARGV[4], ARGV[5])
end
if ARGV[4] == 'name' then redis.call('HDEL', KEYS[1], 'door') end
redis.call(ARGV[1], KEYS[2], 't')
told(ARGV[1], KEYS[2], ARGV[6])
return {'', before}
