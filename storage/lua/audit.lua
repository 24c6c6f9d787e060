-- What the scripts share that write to the audit log.

-- write_down gives a deed its number; the newest ones are kept.
local function write_down(house, audit, deed, most)
  local id = redis.call('HINCRBY', house, 'deeds', 1)
  redis.call('ZADD', audit, id, string.format('{"id":%d,%s', id, deed))
  redis.call('ZREMRANGEBYRANK', audit, 0, -(tonumber(most) + 1))
end
