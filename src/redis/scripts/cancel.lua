-- Waiters leave: their entries are marked dead (removing them from the list would be O(n)) and dropped at the head;
-- or, under a holder who stays, when they are most of a long queue; what one of them was granted meanwhile is
-- released. ARGV: their queue entries, 5000 at most.
local function drop_dead()
    local living = {}
    for _, entry in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
        if redis.call('ZSCORE', KEYS[3], entry) then living[#living + 1] = entry end
    end
    redis.call('DEL', KEYS[2])
    for first = 1, #living, 1000 do
        redis.call('RPUSH', KEYS[2], unpack(living, first, math.min(first + 999, #living)))
    end
    keep_queue()
end

if KEYS[3] then
    redis.call('ZREM', KEYS[3], unpack(ARGV))
    local living = redis.call('ZCOUNT', KEYS[3], '+inf', '+inf')
    if living == 0 then
        redis.call('DEL', KEYS[2], KEYS[3])
    elseif redis.call('LLEN', KEYS[2]) > 2 * living + 1000 then
        drop_dead()
    end
end
local holder = redis.call('GET', KEYS[1])
for _, entry in ipairs(ARGV) do
    if owner_of(entry) == holder then return pass_on() end
end
