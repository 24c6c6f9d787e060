-- What the scripts begin with that ask for what somebody may do in a room.

-- rank is 3 for an administrator, who is called '*', 2 for the owner, 1 for a
-- moderator, 0 for everyone else.
local function rank(meta, user)
  if user == '*' then return 3 end
  local office = redis.call('HMGET', meta, 'owner', 'moderator:' .. user)
  if office[1] == user then return 2 end
  return office[2] and 1 or 0
end

-- unfit and frozen return a code and what to tell the user, or nil.
local function unfit(meta, user, least)
  if rank(meta, user) >= least then return nil end
  if least == 2 then return {'refused', 'only the owner of the room can do that'} end
  return {'refused', 'only the owner and the moderators of the room can do that'}
end

local function frozen(meta)
  if not redis.call('HGET', meta, 'archived') then return nil end
  return {'refused', 'the room is archived: it can be read, and nothing is written or changed there until its owner brings it back'}
end

-- told is what the room's sessions show of what somebody did.
local function told(publish, channel, notice)
  redis.call(publish, channel, 'n' .. notice)
end
