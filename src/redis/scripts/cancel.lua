-- Waiters leave: their entries are marked dead (removing them from the list would be O(n)) and dropped at the head;
-- what one of them was granted meanwhile is released. ARGV: their queue entries, 5000 at most.
if KEYS[3] then
    redis.call('ZREM', KEYS[3], unpack(ARGV))
    if redis.call('ZCOUNT', KEYS[3], '+inf', '+inf') == 0 then redis.call('DEL', KEYS[2], KEYS[3]) end
end
local holder = redis.call('GET', KEYS[1])
for _, entry in ipairs(ARGV) do
    if owner_of(entry) == holder then return pass_on() end
end
