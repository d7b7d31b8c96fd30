-- Keeps a process's waiters alive, puts back those whose entry was lost, and grants a free lock to the head.
-- ARGV: the process's queue entries, in their order. Returns {owner, token, remaining ms, now}; owner is the
-- holder if it is one of these entries (its message may have been lost), else ''.
local now = now_us()
local holder = redis.call('GET', KEYS[1])
for _, entry in ipairs(ARGV) do
    if owner_of(entry) ~= holder then append_once(entry, now) end
end
keep_queue()
holder = holder or grant_to_head(now)
for _, entry in ipairs(ARGV) do
    if owner_of(entry) == holder then
        local held = granted_before(now)
        return {holder, held[2], held[3], now}
    end
end
return {'', 0, redis.call('PTTL', KEYS[1]), now}
