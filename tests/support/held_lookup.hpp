#pragma once

#include <atomic>
#include <semaphore>

namespace dibs::tests {

// The program's look-ups of names, as a slow name server would have them: `held.test` is answered when a test
// says so, and is this host; `absent.test` is not there.
extern std::atomic<int> asked_for_held;
extern std::atomic<int> asked_for_absent;
extern std::counting_semaphore<> held_answers;

}  // namespace dibs::tests
