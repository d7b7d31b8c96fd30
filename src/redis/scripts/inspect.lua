-- What an operator sees of a lock: {holder or '', remaining ms, token or '', living waiters, dead waiters}.
local now = now_us()
local living, dead = 0, 0
local alive_until = {}
for _, entry in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
    if redis.call('ZSCORE', KEYS[3], entry) then  -- else it has left
        local process = process_of(owner_of(entry))
        alive_until[process] = alive_until[process] or tonumber(redis.call('ZSCORE', KEYS[3], process) or 0)
        if alive_until[process] >= now then living = living + 1 else dead = dead + 1 end
    end
end
return {redis.call('GET', KEYS[1]) or '', redis.call('PTTL', KEYS[1]), redis.call('GET', KEYS[4]) or '', living, dead}
