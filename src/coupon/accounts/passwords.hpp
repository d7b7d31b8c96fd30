#pragma once

#include "core/asio.hpp"

#include <boost/asio/thread_pool.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace dibs::coupon {

/// argon2id at OWASP's parameters (19 MiB, two passes, one lane) with a fresh salt, in its encoded form.
/// Takes about 20 ms of a core. Throws std::runtime_error when memory is lacking.
std::string hash_password(const std::string& password);
bool password_matches(const std::string& encoded, const std::string& password);

/// Matches no password, and takes as long to say so as any other: for those who have none.
inline constexpr const char* hash_of_nothing =
    "$argon2id$v=19$m=19456,t=2,p=1$ZGlicyBoYXMgbm8gc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Threads for what would hold up everybody else on the one thread that serves requests: hashing passwords.
class hashing_pool {
   public:
    struct limits {
        std::size_t threads = 1;
        std::size_t waiting = 64;  ///< jobs under way or waiting; one more is refused
    };

    explicit hashing_pool(limits allowed);
    hashing_pool(const hashing_pool&) = delete;
    hashing_pool& operator=(const hashing_pool&) = delete;
    /// Waits for the jobs under way; those that have not begun are dropped.
    ~hashing_pool();

    /// Runs the job on a thread of the pool and resumes the caller on its own executor. What the job throws
    /// is thrown. Throws dibs::error (exhausted) when too many wait.
    task<std::string> run(std::function<std::string()> job);

    /// Throws as run() would at this moment when too many wait.
    void require_room() const;

    std::size_t waiting() const { return *waiting_; }

   private:
    limits allowed_;
    std::shared_ptr<std::size_t> waiting_ = std::make_shared<std::size_t>(0);  // callers may outlive the pool
    asio::thread_pool threads_;
};

}  // namespace dibs::coupon
