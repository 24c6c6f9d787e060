-- Changes what is in force in the whole chat, and writes down who did it.
-- KEYS: the house, its sanctions, the audit log, the feed channel
-- ARGV: publish command, version, now (ms), most sanctions, most deeds, the deed
--       as JSON without its opening brace, which sanction ('': none) and what it
--       is ('': to be lifted), then fields of the house and their values ('': none)
-- Returns {'', ''}, or a code and what to tell the user.
if ARGV[7] ~= '' and ARGV[8] == '' then
  if redis.call('HDEL', KEYS[2], ARGV[7]) == 0 then return {'not_found', 'nothing of the kind is in force'} end
elseif ARGV[7] ~= '' then
  if not room_for(KEYS[2], ARGV[7], tonumber(ARGV[4]), tonumber(ARGV[3])) then
    return {'refused', 'as many bans and mutes are in force as there can be; take some back first'}
  end
  redis.call('HSET', KEYS[2], ARGV[7], ARGV[8])
end
for i = 9, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', KEYS[1], ARGV[i])
  else
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
write_down(KEYS[1], KEYS[3], ARGV[6], ARGV[5])
redis.call('HSET', KEYS[1], 'version', ARGV[2])
redis.call(ARGV[1], KEYS[4], 'o')
return {'', ''}
