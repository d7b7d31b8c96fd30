-- queue, fencing: takes a free lock if no living waiter is ahead, else stands in the queue.
-- ARGV: owner, lease ms, tokens, 'wait' or 'try' (does not queue).
local owner, lease_ms, wanted = ARGV[1], ARGV[2], ARGV[3]
local now = now_us()
local holder = redis.call('GET', KEYS[1])
if not holder then
    holder = grant_to_head(now)
    if not holder then return grant(owner, lease_ms, wanted, now) end
end
if holder == owner then return granted_before(now) end
if ARGV[4] == 'wait' then
    append_once(table.concat({owner, lease_ms, wanted}, ' '), now)
    keep_queue()
end
return busy(now)
