-- ARGV: publish command, lease, term (ms), then session, user, name of each
-- session. Those that stay come first and are counted before the others go,
-- so that nobody leaves and comes back for it.
redis.call('ZADD', leases, string.format('%.0f', now() + ARGV[3]), ARGV[2])
local stays = {}
for i = 4, #ARGV, 3 do
  stays[ARGV[i]] = true
  arrive(ARGV[1], ARGV[i], ARGV[i + 1], ARGV[i + 2])
end
for _, session in ipairs(redis.call('HKEYS', sessions)) do
  if not stays[session] then depart(ARGV[1], session) end
end
return 1
