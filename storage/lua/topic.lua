-- KEYS: meta, feed channel, the room's sanctions
-- ARGV: publish command, topic, the name of who set it, and the user
-- Returns {'', ''}, or a code and what to tell the user.
local refusal = frozen(KEYS[1]) or held(KEYS[3], ARGV[4], {'ban', 'mute'})
if refusal then return refusal end
redis.call('HSET', KEYS[1], 'topic', ARGV[2], 'topic_by', ARGV[3])
redis.call(ARGV[1], KEYS[2], 't')
return {'', ''}
