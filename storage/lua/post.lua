-- Appends a message to a room's log, once for each client key.
-- KEYS: the log, the head, the client key's answer, the feed channel, meta,
--       when the author wrote here last, the room's sanctions, its roll
-- ARGV: publish command, client key, most messages kept, how long they are
--       kept (ms; 0: for ever), how long the answer is kept (ms), the message
--       that this one answers (0: none), its own fields as JSON without the
--       opening brace, author, and who must be on the roll
-- Returns {'', the message as JSON}, or a code, what to tell the author, and
-- in slow mode how long to wait (ms).
local before = redis.call('GET', KEYS[3])
if before then return {'', before} end
for i = 9, #ARGV do
  if redis.call('HEXISTS', KEYS[8], ARGV[i]) == 0 then return {'absent', ''} end
end
local refusal = frozen(KEYS[5]) or held(KEYS[7], ARGV[8], {'ban', 'mute'})
if refusal then return refusal end

local answers = tonumber(ARGV[6])
if answers < 0 or answers > tonumber(redis.call('HGET', KEYS[2], 'id') or '0') then
  return {'not_found', 'there is no message ' .. ARGV[6] .. ' here to reply to'}
end

local now = redis.call('TIME')
local at = now[1] * 1000 + math.floor(now[2] / 1000)

local slow = tonumber(redis.call('HGET', KEYS[5], 'slow') or '0')
if slow > 0 and rank(KEYS[5], ARGV[8]) == 0 then
  local wait = tonumber(redis.call('GET', KEYS[6]) or '0') + slow - at
  if wait > 0 then return {'too_fast', '', string.format('%.0f', wait)} end
  redis.call('SET', KEYS[6], string.format('%.0f', at), 'PX', slow)
end

local prev = redis.call('HGET', KEYS[2], 'key') or ''
local id = redis.call('HINCRBY', KEYS[2], 'id', 1)
local rev = redis.call('HINCRBY', KEYS[2], 'rev', 1)
local msg = string.format('{"id":%d,"rev":%d,"at":%.0f,"prev":%s,%s', id, rev, at, cjson.encode(prev), ARGV[7])

redis.call('HSET', KEYS[2], 'key', ARGV[2])
redis.call('ZADD', KEYS[1], id, msg)
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -(tonumber(ARGV[3]) + 1))

local keep = tonumber(ARGV[4])
if keep > 0 then
  -- Each post clears away at most a hundred messages that are too old, so
  -- that no post waits long; a room where nobody writes goes as a whole.
  for _ = 1, 100 do
    local oldest = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
    if cjson.decode(oldest).at > at - keep then break end
    redis.call('ZREM', KEYS[1], oldest)
  end
  redis.call('PEXPIRE', KEYS[1], keep)
else
  redis.call('PERSIST', KEYS[1]) -- it may have been otherwise before
end

redis.call('SET', KEYS[3], msg, 'PX', ARGV[5])
redis.call(ARGV[1], KEYS[4], 'm' .. msg)
return {'', msg}
