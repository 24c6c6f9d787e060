-- Changes a message of a room's log in its place, once for each client key.
-- KEYS: the log, the head, the client key's answer, the feed channel, the
--       changes, meta, the room's sanctions
-- ARGV: publish command, client key, how long messages are kept (ms; 0: for
--       ever), how long the answer is kept (ms), most changes kept, most
--       reactions of a message, most people of a reaction, user, message,
--       act, text, the user's name, the user as an office holder
-- Returns {'', the message as JSON}, or a code and what to tell the user.
local before = redis.call('GET', KEYS[3])
if before then return {'', before} end
local refusal = frozen(KEYS[6])
if not refusal and (ARGV[10] == 'edit' or ARGV[10] == 'react') then refusal = held(KEYS[7], ARGV[8], {'ban', 'mute'}) end
if refusal then return refusal end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local user, text = tonumber(ARGV[8]), ARGV[11]

local function place(users)
  for i, u in ipairs(users) do
    if u == user then return i end
  end
end

-- Each act changes the message and returns true where there was something to
-- change, or false and the reason why it may not.
local acts = {}

function acts.edit(msg)
  if msg.from ~= user then return false, 'only the author of a message can edit it' end
  if msg.body == text then return false end
  msg.body, msg.edited = text, now
  return true
end

function acts.delete(msg)
  if msg.from ~= user and rank(KEYS[6], ARGV[13]) == 0 then
    return false, 'only its author, and who has an office in the room, can delete a message'
  end
  if msg.deleted then return false end
  msg.body, msg.deleted, msg.edited, msg.reactions = '', now, nil, nil
  return true
end

function acts.react(msg)
  local all = msg.reactions or {}
  local users, kinds = all[text] or {}, 0
  if place(users) then return false end
  for _ in pairs(all) do kinds = kinds + 1 end
  if not all[text] and kinds >= tonumber(ARGV[6]) then
    return false, 'the message has as many different reactions as fit; join one of them'
  end
  if #users >= tonumber(ARGV[7]) then return false, 'so many have reacted like that already that no more are counted' end
  table.insert(users, user)
  all[text] = users
  msg.reactions = all
  return true
end

function acts.unreact(msg)
  local users = msg.reactions and msg.reactions[text]
  local i = users and place(users)
  if not i then return false end
  table.remove(users, i)
  -- An empty table could be a list or an object in JSON: neither may be there.
  if #users == 0 then msg.reactions[text] = nil end
  if not next(msg.reactions) then msg.reactions = nil end
  return true
end

local old = redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[9], ARGV[9])[1]
local msg = old and cjson.decode(old)
local keep = tonumber(ARGV[3])
if not msg or keep > 0 and msg.at <= now - keep then
  return {'not_found', 'there is no message ' .. ARGV[9] .. ' here, or it is no longer kept'}
end
if msg.deleted and ARGV[10] ~= 'delete' then return {'refused', 'the message has been deleted'} end
local changed, reason = acts[ARGV[10]](msg)
if reason then return {'refused', reason} end

local new = old
if changed then
  new = cjson.encode(msg)
  local prev = redis.call('HGET', KEYS[2], 'key') or ''
  local rev = redis.call('HINCRBY', KEYS[2], 'rev', 1)
  local entry = string.format('{"rev":%d,"key":%s,"prev":%s,"id":%d,"act":%s,"by":%s', rev,
    cjson.encode(ARGV[2]), cjson.encode(prev), msg.id, cjson.encode(ARGV[10]), cjson.encode(ARGV[12]))
  if ARGV[10] == 'react' or ARGV[10] == 'unreact' then entry = entry .. ',"emoji":' .. cjson.encode(text) end
  redis.call('HSET', KEYS[2], 'key', ARGV[2])
  -- Added first and removed then: an empty set would lose when it expires.
  redis.call('ZADD', KEYS[1], msg.id, new)
  redis.call('ZREM', KEYS[1], old)
  redis.call('ZADD', KEYS[5], rev, entry .. '}')
  redis.call('ZREMRANGEBYRANK', KEYS[5], 0, -(tonumber(ARGV[5]) + 1))
  if keep > 0 then
    redis.call('PEXPIRE', KEYS[5], keep)
  else
    redis.call('PERSIST', KEYS[1])
    redis.call('PERSIST', KEYS[5])
  end
  redis.call(ARGV[1], KEYS[4], 'e' .. entry .. ',"message":' .. new .. '}')
end
redis.call('SET', KEYS[3], new, 'PX', ARGV[4])
return {'', new}
