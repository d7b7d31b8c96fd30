#pragma once

#include "sandbox/folder.hpp"
#include "sandbox/postgres_cluster.hpp"
#include "sandbox/redis_server.hpp"
#include "sandbox/supervisor.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dibs::sandbox {

/// How many masters redlock wants.
inline constexpr int redlock_masters = 5;

struct options {
    /// Masters beside the main one, for redlock.
    int redis_masters = 0;
    /// Where the folder is made; empty: $TMPDIR or /tmp.
    std::filesystem::path place = {};
    address at = address::unix_socket;
};

/// One server that ended without being told to.
struct ended_server {
    std::string name;
    exit_status status;
    std::filesystem::path log;
};

/// Redis and PostgreSQL of our own in a temporary folder. All of it goes with this object, and with its
/// process.
class servers {
   public:
    /// Returns when all of them answer. It blocks and forks: call it before any io_context runs.
    /// Throws std::runtime_error that says what to do about it.
    static servers start(const options& wanted);
    servers(servers&&) noexcept = default;
    servers& operator=(servers&&) = delete;
    ~servers();

    std::string redis_url() const { return redis_.front()->url(); }
    std::vector<std::string> redlock_urls() const;
    /// A URI for libpq: the superuser in the database `dibs`.
    std::string postgres_url() const { return postgres_->url(); }
    const std::filesystem::path& folder() const { return supervisor_->folder(); }
    /// Where the folder lies in memory, words to say so once; see memory_warning.
    std::optional<std::string> warning() const { return memory_warning(folder()); }

    /// To start further processes that go with the servers.
    sandbox::supervisor& supervisor() { return *supervisor_; }
    redis_server& redis() { return *redis_.front(); }
    redis_server& redis_master(std::size_t number) { return *redis_.at(number + 1); }
    postgres_cluster& postgres() { return *postgres_; }

    /// One that runs no more, if there is any.
    std::optional<ended_server> first_ended();
    /// For poll(): one of them becomes readable when a server ends.
    std::vector<int> ended_descriptors() const;

    /// Ends all and removes the folder; the destructor does the same.
    void stop() noexcept;

   private:
    servers() = default;

    std::unique_ptr<sandbox::supervisor> supervisor_;
    std::vector<std::unique_ptr<redis_server>> redis_;  // the main one, then redlock's
    std::unique_ptr<postgres_cluster> postgres_;
};

}  // namespace dibs::sandbox
