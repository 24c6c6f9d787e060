-- Gives a place in the chat to the first key that takes it, and to that again.
-- KEYS: the offer  ARGV: fingerprint, how long the taker may come again (ms)
-- Returns who invited; nil where there is no offer for this key.
local offer = redis.call('GET', KEYS[1])
if not offer then return false end
local by, taker = string.match(offer, '^(%S+) ?(%S*)$')
if taker ~= '' and taker ~= ARGV[1] then return false end
if taker == '' then redis.call('SET', KEYS[1], by .. ' ' .. ARGV[1], 'PX', ARGV[2]) end
return by
