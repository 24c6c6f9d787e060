-- Makes somebody in the room a moderator, or a plain member again.
-- KEYS: meta, members, feed channel
-- ARGV: publish command, user, whom, 1 or 0, most moderators, notice
-- Returns {'', whether that changed anything}, or a code and what to tell the user.
local refusal = unfit(KEYS[1], ARGV[2], 2) or frozen(KEYS[1])
if refusal then return refusal end
if redis.call('HGET', KEYS[1], 'owner') == ARGV[3] then return {'refused', 'the owner of a room can do all that a moderator can'} end
if redis.call('HEXISTS', KEYS[2], ARGV[3]) == 0 then return {'refused', 'they are not in the room'} end

local field = 'moderator:' .. ARGV[3]
if redis.call('HEXISTS', KEYS[1], field) == tonumber(ARGV[4]) then return {'', '0'} end
if ARGV[4] == '0' then
  redis.call('HDEL', KEYS[1], field)
else
  local moderators = 0
  for _, f in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.sub(f, 1, 10) == 'moderator:' then moderators = moderators + 1 end
  end
  if moderators >= tonumber(ARGV[5]) then return {'refused', 'the room has as many moderators as it can have'} end
  redis.call('HSET', KEYS[1], field, '1')
end
told(ARGV[1], KEYS[3], ARGV[6])
return {'', '1'}
