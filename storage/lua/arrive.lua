-- ARGV: publish command, lease, term (ms), session, user, name
-- Of somebody who is presumed to be the user,
-- KEYS also: the key by which they come, the user
-- ARGV also: field, value …, which are set when they arrive
-- Returns 0 when the lease was not known (any more) and begins with this session,
-- and -1, with nothing done, when the key is not of the user by that name.
if KEYS[7] and (redis.call('GET', KEYS[7]) ~= ARGV[5] or redis.call('HGET', KEYS[8], 'name') ~= ARGV[6]) then
  return -1
end
local begun = redis.call('ZADD', leases, 'NX', string.format('%.0f', now() + ARGV[3]), ARGV[2])
arrive(ARGV[1], ARGV[4], ARGV[5], ARGV[6])
if KEYS[8] then setFields(KEYS[8], 7) end
return 1 - begun
