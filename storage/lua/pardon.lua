-- Takes a ban or a mute of a room back.
-- KEYS: meta, the room's sanctions, feed channel
-- ARGV: publish command, user, which sanction, notice
-- Returns {'', ''}, or a code and what to tell the user.
local refusal = unfit(KEYS[1], ARGV[2], 1)
if refusal then return refusal end
if redis.call('HDEL', KEYS[2], ARGV[3]) == 0 then return {'not_found', 'nothing of the kind is in force'} end
told(ARGV[1], KEYS[3], ARGV[4])
return {'', ''}
