-- queue, fencing: takes a free lock if no living waiter is ahead, else stands in the queue.
-- ARGV: owner, lease ms, 'wait' or 'try' (does not queue).
local owner, lease_ms = ARGV[1], ARGV[2]
local now = now_us()
local holder = redis.call('GET', KEYS[1])
if not holder then
    holder = grant_to_head(now)
    if not holder then return grant(owner, lease_ms, now) end
end
if holder == owner then return granted_before(now) end
if ARGV[3] == 'wait' then
    append_once(owner .. ' ' .. lease_ms, now)
    keep_queue()
end
return busy(now)
