-- KEYS: meta, feed channel  ARGV: publish command, topic, who set it
redis.call('HSET', KEYS[1], 'topic', ARGV[2], 'topic_by', ARGV[3])
redis.call(ARGV[1], KEYS[2], 't')
return 1
