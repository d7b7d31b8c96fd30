#pragma once

#include "core/asio.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace dibs {

/// Lets a bounded number of coroutines through at a time, in order of arrival (a fair semaphore with
/// deadlines). Not thread-safe.
class gate {
   public:
    struct limits {
        std::size_t inside = 1;
        std::size_t waiting = 100'000;  ///< beyond it enter() throws dibs::error (exhausted)
    };

   private:
    struct state;  // shared with the passes, which may outlive the gate
    class place;

   public:
    /// The right to be inside; leaving lets the next one in.
    class pass {
       public:
        pass(pass&&) noexcept = default;
        pass& operator=(pass&& other) noexcept;
        ~pass();

       private:
        friend class gate;
        explicit pass(std::shared_ptr<state> entered) : state_(std::move(entered)) {}
        std::shared_ptr<state> state_;
    };

    /// `what` is behind the gate, for error messages.
    gate(asio::any_io_executor executor, std::string what, limits bounds);

    /// Empty: the deadline came first.
    task<std::optional<pass>> enter(deadline until);

    std::size_t inside() const;
    std::size_t waiting() const;

   private:
    std::shared_ptr<state> state_;
};

}  // namespace dibs
