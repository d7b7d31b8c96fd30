-- Gives the lock to the next living waiter, or frees it. ARGV: owner, channel to tell of a free lock or ''.
return release(ARGV[1], ARGV[2])
