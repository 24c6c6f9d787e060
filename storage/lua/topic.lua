-- KEYS: meta, feed channel  ARGV: publish command, topic, who set it
-- Returns {'', ''}, or a code and what to tell the user.
local refusal = frozen(KEYS[1])
if refusal then return refusal end
redis.call('HSET', KEYS[1], 'topic', ARGV[2], 'topic_by', ARGV[3])
redis.call(ARGV[1], KEYS[2], 't')
return {'', ''}
