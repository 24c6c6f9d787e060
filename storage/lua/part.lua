-- KEYS: members, head, feed channel, meta, when each joined
-- ARGV: publish command, user, name
-- Returns 1 when the user was in the room. The owner's place goes to the
-- moderator who is there longest, or else to the member who is.
if redis.call('HDEL', KEYS[1], ARGV[2]) == 0 then return 0 end
redis.call('ZREM', KEYS[5], ARGV[2])
redis.call('HDEL', KEYS[4], 'moderator:' .. ARGV[2])
tell(ARGV[1], KEYS[2], KEYS[3], 'out', ARGV[2], ARGV[3])
if redis.call('HGET', KEYS[4], 'owner') ~= ARGV[2] then return 1 end

local heir, since
for _, field in ipairs(redis.call('HKEYS', KEYS[4])) do
  local moderator = string.match(field, '^moderator:(%d+)$')
  local joined = tonumber(moderator and redis.call('ZSCORE', KEYS[5], moderator) or '')
  if joined and (not since or joined < since) then heir, since = moderator, joined end
end
heir = heir or redis.call('ZRANGE', KEYS[5], 0, 0)[1]
redis.call('HSET', KEYS[4], 'owner', heir or '0')
if heir then
  redis.call(ARGV[1], KEYS[3], 't')
  local name = redis.call('HGET', KEYS[1], heir) or ''
  told(ARGV[1], KEYS[3], cjson.encode({u = tonumber(heir), n = name, x = 'inherited the room', v = 'inherit'}))
end
return 1
