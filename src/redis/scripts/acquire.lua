-- spinlock, pubsub, redlock: takes a free lock. ARGV: owner, lease ms.
local now = now_us()
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
    return {1, draw_token(now), tonumber(ARGV[2]), now}
end
if redis.call('GET', KEYS[1]) == ARGV[1] then return granted_before(now) end
return busy(now)
