-- Keeps a process's waiters alive, puts back those whose entry was lost, and grants a free lock to the head.
-- ARGV: the process's queue entries, in their order. Answers as the others do, and with the
-- owner it granted to if that is one of these entries: the message to it may have been lost.
local now = now_us()
local holder = redis.call('GET', KEYS[1])
for _, entry in ipairs(ARGV) do
    if owner_of(entry) ~= holder then append_once(entry, now) end
end
keep_queue()
holder = holder or grant_to_head(now)
for _, entry in ipairs(ARGV) do
    if owner_of(entry) == holder then
        local answer = granted_before(now)
        answer[6] = holder
        return answer
    end
end
return busy(now)
