-- Keeps a process's waiters alive, puts back those of the given entries that were lost, and grants a free lock to the
-- head. ARGV: process, some of its queue entries in their order. Answers as the others do to one who was not granted
-- the lock, with {…, holder and its token if that is of this process: the message may have been lost; how many
-- entries were lost, or 1 if the process itself was not known}.
local now = now_us()
local holder = redis.call('GET', KEYS[1])
local lost = redis.call('ZADD', KEYS[3], number_text(now + ALIVE_US), ARGV[1])
for i = 2, #ARGV do
    if owner_of(ARGV[i]) ~= holder and redis.call('ZADD', KEYS[3], 'NX', '+inf', ARGV[i]) == 1 then
        redis.call('RPUSH', KEYS[2], ARGV[i])
        lost = lost + 1
    end
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', '(' .. number_text(now))
keep_queue()
holder = holder or grant_to_head(now)
local answer = busy(now)
local ours = holder and process_of(holder) == ARGV[1]
answer[6] = ours and holder or ''
answer[7] = ours and granted_before(now)[2] or 0
answer[8] = lost
return answer
