-- KEYS: who is away, head, feed channel  ARGV: publish command, user, name, away or back
local change = 'SREM'
if ARGV[4] == 'away' then change = 'SADD' end
if redis.call(change, KEYS[1], ARGV[2]) == 0 then return 0 end
tell(ARGV[1], KEYS[2], KEYS[3], ARGV[4], ARGV[2], ARGV[3])
return 1
