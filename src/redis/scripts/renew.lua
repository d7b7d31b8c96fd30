-- Extends a lease that is still held. ARGV: owner, lease ms.
local now = now_us()
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return busy(now) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return granted_before(now)
