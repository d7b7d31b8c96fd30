-- A waiter leaves: its entry is marked dead (removing it from the list would be O(n)) and dropped at the head;
-- what it was granted meanwhile is released. ARGV: owner, lease ms, channel to tell of a free lock or ''.
if KEYS[3] then redis.call('ZREM', KEYS[3], ARGV[1] .. ' ' .. ARGV[2]) end
return release(ARGV[1], ARGV[3])
