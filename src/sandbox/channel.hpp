#pragma once

#include "sandbox/wire.hpp"

#include <mutex>

namespace dibs::sandbox {

/// The owner's end of its talk with the supervisor. Thread-safe.
class channel {
   public:
    explicit channel(unique_fd socket) : socket_(std::move(socket)) {}

    /// Throws std::system_error when the supervisor is gone.
    wire::message ask(const wire::request& head, std::string_view rest = {},
                      const std::vector<int>& descriptors = {});
    /// The supervisor's first message.
    wire::message first_word();
    /// Tells the supervisor that its owner is done.
    void close();

   private:
    wire::message receive();

    std::mutex one_at_a_time_;
    unique_fd socket_;
};

}  // namespace dibs::sandbox
