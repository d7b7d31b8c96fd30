#pragma once

#include "core/random.hpp"

#include <dibs/lock.hpp>

#include <cstdint>
#include <string>

namespace dibs::locks {

/// Makes the owners of one process: `PROCESS.SEQUENCE`, PROCESS being 128 random bits.
class owner_source {
   public:
    const std::string& process() const { return process_; }
    owner_id next() { return owner_id(process_ + "." + std::to_string(++sequence_)); }

   private:
    std::string process_ = random_hex(16);
    std::uint64_t sequence_ = 0;
};

}  // namespace dibs::locks
