-- Sets fields of a user; an empty value removes its field.
-- KEYS: the user, feed channel  ARGV: publish command, or nothing to tell nobody,
--       then field, value …
-- Returns 0 when the user is gone.
if redis.call('HEXISTS', KEYS[1], 'gone') == 1 then return 0 end
setFields(KEYS[1], 2)
if ARGV[1] ~= '' then redis.call(ARGV[1], KEYS[2], 's') end
return 1
