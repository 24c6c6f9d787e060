-- What the scripts share that ask for bans and mutes.

-- in_force tells whether a sanction holds at a time (ms).
local function in_force(text, now)
  local till = cjson.decode(text)['until'] or 0
  return till == 0 or till > now
end

-- held returns the first of the acts that holds a user back, or nil.
local function held(sanctions, user, acts)
  if redis.call('EXISTS', sanctions) == 0 then return nil end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  for _, act in ipairs(acts) do
    local text = redis.call('HGET', sanctions, act .. ' user ' .. user)
    if text and in_force(text, now) then return {'held', text} end
  end
end

-- room_for tells whether one more fits; those that are over make room.
local function room_for(sanctions, id, most, now)
  if redis.call('HLEN', sanctions) < most or redis.call('HEXISTS', sanctions, id) == 1 then return true end
  local all = redis.call('HGETALL', sanctions)
  for i = 1, #all, 2 do
    if not in_force(all[i + 1], now) then redis.call('HDEL', sanctions, all[i]) end
  end
  return redis.call('HLEN', sanctions) < most
end
