#pragma once

#include "core/asio.hpp"
#include "core/wakeup.hpp"

#include <dibs/lock.hpp>

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace dibs::locks {

/// Lets at most `width` coroutines of this process through per name, in order of arrival: the others wait
/// here and cost the backend nothing. Not thread-safe; passes must not outlive it.
class turnstile {
   public:
    struct limits {
        std::size_t width = 1;
        std::size_t waiting = 100'000;  ///< per name; beyond it enter() throws dibs::error (exhausted)
    };

   private:
    struct line;
    class place;

   public:
    /// The right to be past the turnstile; leaving lets the next one in.
    class pass {
       public:
        pass(pass&&) noexcept = default;
        pass& operator=(pass&&) = delete;
        ~pass();

       private:
        friend class turnstile;
        pass(turnstile& owner, std::shared_ptr<line> entered) : owner_(&owner), line_(std::move(entered)) {}
        turnstile* owner_;
        std::shared_ptr<line> line_;
    };

    turnstile(asio::any_io_executor executor, limits bounds)
        : executor_(std::move(executor)), limits_(bounds) {}

    /// Empty: the deadline came first.
    task<std::optional<pass>> enter(lock_name name, deadline until);

   private:
    void leave(const std::shared_ptr<line>& left);

    asio::any_io_executor executor_;
    limits limits_;
    std::map<std::string, std::shared_ptr<line>, std::less<>> lines_;
};

}  // namespace dibs::locks
