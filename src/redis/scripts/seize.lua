-- Takes a lock from whoever holds it, as if that one had released it: {1, holder, remaining ms, token or '', next
-- holder or ''}, or {0} where nobody held it.
local holder = redis.call('GET', KEYS[1])
if not holder then return {0} end
local left = redis.call('PTTL', KEYS[1])
local token = KEYS[4] and redis.call('GET', KEYS[4]) or ''
return {1, holder, left, token, pass_on() or ''}
