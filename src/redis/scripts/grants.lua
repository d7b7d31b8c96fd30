-- What the lock scripts share; it stands before each of them.
-- KEYS of one lock: 1 lock, 2 queue, 3 alive, 4 token. A lock without a queue and tokens passes the first alone.
-- Times are microseconds of this server's clock. Text of a number is made by '%.0f': Lua's own conversion keeps
-- 14 digits and would give grants within 100 us the same token.

local ALIVE_US = 1000000    -- a process that sent no heartbeat for so long is dead, and its waiters with it
local QUEUE_TTL_MS = 2000   -- queue and alive vanish when no waiter's heartbeat extends them
local CONFIRM_MS = 1000     -- a pushed grant that its owner does not renew ends after that
local TOKEN_TTL_MS = 3600000

local function now_us()
    local time = redis.call('TIME')
    return time[1] * 1000000 + time[2]
end

-- Beside 'dibs:{NAME}:lock': what is told to the waiters of pubsub ('free') and of a process's queue.
local function channel(listeners) return string.sub(KEYS[1], 1, -5) .. listeners end

-- Who may not publish has waiters who find out later.
local function tell(listeners, what) redis.pcall('PUBLISH', listeners, what) end

local function number_text(number) return string.format('%.0f', number) end

-- Draws up to `wanted` tokens in a row (several for a holder that hands the lock on by itself); returns the first
-- and how many. The counter never runs ahead of the clock for long, so that losing it does not lead back.
local function draw_tokens(now, wanted)
    if not KEYS[4] then return 0, 0 end
    local upper = now
    local last = tonumber(redis.call('SET', KEYS[4], number_text(now), 'PX', TOKEN_TTL_MS, 'GET') or nil)
    if not last then return upper, 1 end
    if last >= now then
        upper = last + 1
        redis.call('SET', KEYS[4], number_text(upper), 'PX', TOKEN_TTL_MS)
    end
    local lower = math.max(last + 1, upper - wanted + 1)
    return lower, upper - lower + 1
end

-- Replies of the scripts that may grant: {granted, first token, remaining ms, now, tokens}.
local function grant(owner, lease_ms, wanted, now)
    redis.call('SET', KEYS[1], owner, 'PX', lease_ms)
    local token, tokens = draw_tokens(now, tonumber(wanted))
    return {1, token, tonumber(lease_ms), now, tokens}
end

-- The owner asks again: its token is the last one drawn, unless the counter was lost since.
local function granted_before(now)
    local token = KEYS[4] and (tonumber(redis.call('GET', KEYS[4])) or draw_tokens(now, 1)) or 0
    return {1, token, redis.call('PTTL', KEYS[1]), now, 1}
end

local function busy(now) return {0, 0, redis.call('PTTL', KEYS[1]), now, 0} end

-- A queue entry is 'OWNER LEASE_MS TOKENS'; OWNER is 'PROCESS.SEQUENCE'. 'alive' has every PROCESS that waits, with
-- the time until which it is taken for alive, and every entry, which is dropped at the head when it is not there.
local function owner_of(entry) return string.match(entry, '^(%S+) ') end
local function process_of(owner) return string.match(owner, '^[^.]+') end

-- Makes the first living waiter the owner and tells its process; returns it, or nothing when none is left.
local function grant_to_head(now)
    while KEYS[2] do
        local entry = redis.call('LPOP', KEYS[2])
        if not entry then return nil end
        local owner, process, lease_ms, wanted = string.match(entry, '^(([^.]+)%S*) (%d+) (%d+)$')
        local alive_until = redis.call('ZREM', KEYS[3], entry) == 1 and redis.call('ZSCORE', KEYS[3], process)
        if alive_until and tonumber(alive_until) >= now then
            local given_ms = math.min(tonumber(lease_ms), CONFIRM_MS)
            local granted = grant(owner, given_ms, wanted, now)
            tell(channel(process), table.concat({
                owner, number_text(granted[2]), number_text(granted[5]), number_text(now + given_ms * 1000)}, ' '))
            return owner
        end
    end
end

local function keep_queue()
    redis.call('PEXPIRE', KEYS[2], QUEUE_TTL_MS)
    redis.call('PEXPIRE', KEYS[3], QUEUE_TTL_MS)
end

-- The holder is gone: to the first living waiter, whom it returns, or to nobody.
local function pass_on()
    local owner = grant_to_head(now_us())
    if owner then return owner end
    if KEYS[2] then
        redis.call('DEL', KEYS[1], KEYS[3])
        tell(channel('free'), '')
    else
        redis.call('DEL', KEYS[1])
    end
end

local RELEASED, EXPIRED, NOT_OWNER = 0, 1, 2

local function release(owner)
    local holder = redis.call('GET', KEYS[1])
    if not holder then return EXPIRED end
    if holder ~= owner then return NOT_OWNER end
    pass_on()
    return RELEASED
end
