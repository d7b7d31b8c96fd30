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
    local entry = table.concat({owner, lease_ms, wanted}, ' ')
    -- Of a process that was new or of an entry that was: one too many in the queue is dropped at the head.
    if redis.call('ZADD', KEYS[3], number_text(now + ALIVE_US), process_of(owner), '+inf', entry) > 0 and
        redis.call('RPUSH', KEYS[2], entry) == 1 then
        keep_queue()
    end
end
return busy(now)
