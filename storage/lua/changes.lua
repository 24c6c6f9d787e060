-- Reads, at one moment, what follows a place in a room's log. Writes nothing.
-- KEYS: the log, the head, the changes  ARGV: rev, id, how many at most of each
-- Returns the head's id, key and rev, the oldest message kept, posts, changes,
-- and the messages that these changes are of.
local posts = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf', 'LIMIT', 0, ARGV[3])
local changes = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[1], '+inf', 'LIMIT', 0, ARGV[3])
local changed, seen = {}, {}
for _, change in ipairs(changes) do
  local id = cjson.decode(change).id
  if not seen[id] then
    seen[id] = true
    local msg = redis.call('ZRANGEBYSCORE', KEYS[1], id, id)[1]
    if msg then table.insert(changed, msg) end
  end
end
local head = redis.call('HMGET', KEYS[2], 'id', 'key', 'rev')
return {head, redis.call('ZRANGE', KEYS[1], 0, 0), posts, changes, changed}
