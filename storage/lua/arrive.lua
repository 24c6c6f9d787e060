-- ARGV: publish command, lease, term (ms), session, user, name
-- Returns 0 when the lease was not known (any more) and begins with this session.
local begun = redis.call('ZADD', leases, 'NX', string.format('%.0f', now() + ARGV[3]), ARGV[2])
arrive(ARGV[1], ARGV[4], ARGV[5], ARGV[6])
return 1 - begun
