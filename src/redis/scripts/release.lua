-- Gives the lock to the next living waiter, or frees it. ARGV: owner.
return release(ARGV[1])
