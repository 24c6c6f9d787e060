-- Deletes what is kept of a user, but that the user is gone.
-- KEYS: the user, feed channel, then the user's other keys
-- ARGV: publish command, words for the user's sessions, how long they are kept (ms)
redis.call('DEL', KEYS[1], unpack(KEYS, 3))
redis.call('HSET', KEYS[1], 'gone', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call(ARGV[1], KEYS[2], 's')
return 1
