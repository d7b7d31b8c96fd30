-- spinlock, pubsub, redlock: takes a free lock. ARGV: owner, lease ms, tokens.
local now = now_us()
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
    local token, tokens = draw_tokens(now, tonumber(ARGV[3]))
    return {1, token, tonumber(ARGV[2]), now, tokens}
end
if redis.call('GET', KEYS[1]) == ARGV[1] then return granted_before(now) end
return busy(now)
