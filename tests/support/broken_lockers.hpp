#pragma once

#include "locks/locker.hpp"

#include <memory>
#include <string_view>

namespace dibs::tests {

/// Locks with a known bug each, so that the tests of the real ones are seen to catch it:
/// - "no-nx": takes the key whether it is held or not;
/// - "no-owner-check": releases the key whoever holds it;
/// - "early-token": draws its token before it has the lock;
/// - "blind": grants everybody.
/// Throws std::invalid_argument for any other name.
std::unique_ptr<locks::locker> make_broken_locker(std::string_view bug, const locks::backends& servers);

}  // namespace dibs::tests
