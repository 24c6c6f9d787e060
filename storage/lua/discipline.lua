-- Imposes a ban or a mute in a room, or looks only whether somebody may do
-- something to somebody there.
-- KEYS: meta, the room's sanctions, feed channel
-- ARGV: publish command, user, whom, which sanction ('': none), what it is,
--       most sanctions, now (ms), notice
-- Returns {'', ''}, or a code and what to tell the user.
local refusal = unfit(KEYS[1], ARGV[2], 1)
if refusal then return refusal end
if rank(KEYS[1], ARGV[3]) >= rank(KEYS[1], ARGV[2]) then
  return {'refused', 'they have as much to say in the room as you have'}
end
if ARGV[4] ~= '' then
  if not room_for(KEYS[2], ARGV[4], tonumber(ARGV[6]), tonumber(ARGV[7])) then
    return {'refused', 'as many bans and mutes are in force in the room as there can be; take some back first'}
  end
  redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
end
told(ARGV[1], KEYS[3], ARGV[8])
return {'', ''}
