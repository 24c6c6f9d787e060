-- Reads, at one moment, all that is kept of a user. Writes nothing.
-- KEYS: the user, then keys, invitations, read marks, drafts, whom they ignore,
--       quiet rooms, and, last, the rooms
local found = {}
for i = 1, #KEYS - 1 do found[i] = redis.call('HGETALL', KEYS[i]) end
found[#KEYS] = redis.call('SMEMBERS', KEYS[#KEYS])
return found
