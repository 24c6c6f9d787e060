-- Pins a message of a room, or takes its pin out.
-- KEYS: the log, the pins, meta, feed channel
-- ARGV: publish command, user, least rank, message, 1 or 0, most pins, how
--       long messages are kept (ms; 0: for ever), notice
-- Returns {'', whether that changed anything}, or a code and what to tell the user.
local refusal = unfit(KEYS[3], ARGV[2], tonumber(ARGV[3])) or frozen(KEYS[3])
if refusal then return refusal end

local time = redis.call('TIME')
local now, keep = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(ARGV[7])

local function is_there(id)
  local text = redis.call('ZRANGEBYSCORE', KEYS[1], id, id)[1]
  local msg = text and cjson.decode(text)
  return msg and not msg.deleted and (keep == 0 or msg.at > now - keep)
end

if ARGV[5] == '0' then
  if redis.call('ZREM', KEYS[2], ARGV[4]) == 0 then return {'not_found', 'message ' .. ARGV[4] .. ' is not pinned'} end
else
  if not is_there(ARGV[4]) then
    return {'not_found', 'there is no message ' .. ARGV[4] .. ' here, or it is no longer kept'}
  end
  if redis.call('ZSCORE', KEYS[2], ARGV[4]) then return {'', '0'} end
  if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[6]) then
    -- Messages that are gone make room.
    for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
      if not is_there(id) then redis.call('ZREM', KEYS[2], id) end
    end
  end
  if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[6]) then
    return {'refused', 'the room has ' .. ARGV[6] .. ' pinned messages, which is the most there can be; unpin one of them first'}
  end
  redis.call('ZADD', KEYS[2], string.format('%.0f', now), ARGV[4])
end
told(ARGV[1], KEYS[4], ARGV[8])
return {'', '1'}
