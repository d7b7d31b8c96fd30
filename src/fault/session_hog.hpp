#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

struct pg_conn;

namespace dibs::faults {

/// Somebody else who takes every session that a PostgreSQL server has to give, and each that becomes free.
/// The server ends sessions that idle meanwhile; those in a transaction stay with whoever has them.
class session_hog {
   public:
    /// Returns when none is left. `url`: a superuser's. Throws std::runtime_error.
    explicit session_hog(const std::string& url);
    session_hog(const session_hog&) = delete;
    session_hog& operator=(const session_hog&) = delete;
    /// Gives all back, and lets idle sessions live again.
    ~session_hog();

   private:
    struct closer {
        void operator()(pg_conn* session) const;
    };
    using session = std::unique_ptr<pg_conn, closer>;

    /// Whether it got one.
    bool take_one();
    void let_idle_sessions(const char* live);
    void take_what_becomes_free(const std::stop_token& told);

    std::string url_;
    std::vector<session> sessions_;  // the first one gives the orders
    std::jthread greed_;
};

}  // namespace dibs::faults
