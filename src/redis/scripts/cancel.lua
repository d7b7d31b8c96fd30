-- A waiter leaves: its entry is marked dead (removing it from the list would be O(n)) and dropped at the head;
-- what it was granted meanwhile is released. ARGV: its queue entry.
if KEYS[3] then
    redis.call('ZREM', KEYS[3], ARGV[1])
    if redis.call('ZCOUNT', KEYS[3], '+inf', '+inf') == 0 then redis.call('DEL', KEYS[2], KEYS[3]) end
end
return release(owner_of(ARGV[1]))
