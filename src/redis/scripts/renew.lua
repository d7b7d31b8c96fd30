-- Extends a lease that is still held. ARGV: owner, lease ms.
local now = now_us()
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return busy(now) end
local left = redis.call('PTTL', KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if KEYS[2] and tonumber(ARGV[2]) < left then tell(channel('free'), '') end  -- who waits has planned with the former
return granted_before(now)
