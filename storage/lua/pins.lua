-- Reads the pinned messages of a room that are kept still, the newest pin
-- first. Writes nothing.
-- KEYS: the log, the pins
local found = {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[2], 0, -1)) do
  local text = redis.call('ZRANGEBYSCORE', KEYS[1], id, id)[1]
  if text then table.insert(found, text) end
end
return found
