-- What the scripts that change a roll (who is in a room) begin with.
-- Each change raises the version in the room's head by one and is told.
local function tell(publish, head, channel, turn, user, name)
  local version = redis.call('HINCRBY', head, 'roll', 1)
  redis.call(publish, channel, 'r' .. cjson.encode({v = version, t = turn, u = tonumber(user), n = name}))
  return version
end
