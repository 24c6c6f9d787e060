-- ARGV: lease, term (ms). Returns 0 when the lease is not known (any more).
if not redis.call('ZSCORE', leases, ARGV[1]) then return 0 end
redis.call('ZADD', leases, string.format('%.0f', now() + ARGV[2]), ARGV[1])
return 1
