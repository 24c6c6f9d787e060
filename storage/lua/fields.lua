-- What the scripts share that set fields of a user: the pairs of ARGV from first on,
-- field and value. An empty value removes its field.
local function setFields(user, first)
  for i = first, #ARGV, 2 do
    if ARGV[i + 1] == '' then
      redis.call('HDEL', user, ARGV[i])
    else
      redis.call('HSET', user, ARGV[i], ARGV[i + 1])
    end
  end
end

