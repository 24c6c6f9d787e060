-- What the presence scripts begin with, after roll.lua. A user is here while
-- any session of theirs is: sessions are counted, and only the first to come
-- and the last to go are told.
-- KEYS: leases, this lease's sessions, sessions a user, members, head, channel
local leases, sessions, counts, members, head, channel =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]

local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function arrive(publish, session, user, name)
  if redis.call('HSETNX', sessions, session, user) == 0 then return end
  if redis.call('HINCRBY', counts, user, 1) > 1 then return end
  redis.call('HSET', members, user, name)
  tell(publish, head, channel, 'in', user, name)
end

local function depart(publish, session)
  local user = redis.call('HGET', sessions, session)
  if not user then return end
  redis.call('HDEL', sessions, session)
  if redis.call('HINCRBY', counts, user, -1) > 0 then return end
  local name = redis.call('HGET', members, user) or ''
  redis.call('HDEL', counts, user)
  redis.call('HDEL', members, user)
  tell(publish, head, channel, 'out', user, name)
end
