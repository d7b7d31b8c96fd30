#pragma once

#include "claims_bench/load_orders.hpp"
#include "claims_bench/processes.hpp"
#include "core/asio.hpp"
#include "coupon/accounts/tokens.hpp"
#include "coupon/inventory.hpp"
#include "coupon/rules.hpp"
#include "postgres/pool.hpp"
#include "sandbox/servers.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::claims_bench {

/// What everything here claims.
inline constexpr const char* coupon_id = "claims-bench";
inline constexpr const char* coupon_code = "CLAIMSBENCH";
inline constexpr std::int64_t ample_stock = 1'000'000'000;

struct setting {
    std::filesystem::path executable;  ///< of dibs
    std::size_t connections = 200;
    std::chrono::milliseconds length = std::chrono::seconds(3);  ///< of each repeat
    std::size_t repeats = 5;
    double rate = 10'000;   ///< of what is paced, a second
    std::size_t users = 0;  ///< who sign up beforehand
    /// Called with all claims acknowledged, before the books are compared; for tests of that.
    std::function<void()> before_books = {};
};

/// A load that was served, and what it cost.
struct served_load {
    load_report report;
    cpu_split cpu;
    std::string claims_file;
    double stolen_share = 0;  ///< of the processors, by the host of the machine meanwhile
};

/// Servers of our own, two processes of `dibs serve` on one port, their database and its users.
class stage {
   public:
    /// `servers` must outlive it. Starts the services and signs up the users; blocks.
    stage(sandbox::servers& servers, setting how);

    const setting& how() const { return how_; }
    sandbox::servers& servers() { return servers_; }
    postgres::pool& database() { return database_; }
    asio::any_io_executor executor() { return io_.get_executor(); }
    /// Runs it to its end.
    void run(task<void> work);

    /// Ends the services and starts them anew, with further words on their command lines.
    void restart_services(const std::vector<std::string>& further = {});
    /// Throws std::runtime_error where one has ended.
    void check_services();
    parties all_parties() const;

    /// In the order in which they signed up.
    coupon::user_id user(std::size_t number) const;
    std::size_t users() const { return how_.users; }

    /// The coupon as new, and the tables without what was deleted from them.
    void reset(std::int64_t stock = ample_stock);
    coupon::ledger books();

    /// A load of claims as `how` says, on the services.
    load_orders orders(std::string_view strategy);
    /// Runs it in a process of its own. `meanwhile` is called once its connections are made and its first
    /// requests go out. Throws std::runtime_error where the process fails.
    served_load serve(const load_orders& orders, const std::function<void()>& meanwhile = {});
    /// The same for a load that other processes than the services serve.
    served_load serve(const load_orders& orders, const std::vector<pid_t>& by,
                      const std::function<void()>& meanwhile = {});

    /// One claim by the first user.
    struct answer {
        int status;
        std::string body;
    };
    answer claim_once(std::string_view strategy);
    /// Whether the service knows the strategy. Resets the coupon.
    bool offers(std::string_view strategy);

   private:
    void sign_up_users();
    void sign_tokens();
    task<void> tidy(std::string tables);

    sandbox::servers& servers_;
    setting how_;
    asio::io_context io_{1};
    postgres::pool database_;
    std::string token_key_;
    std::vector<sandbox::process> services_;
    std::uint16_t port_ = 0;
    std::int64_t first_user_ = 0;
    std::filesystem::path users_file_;
    coupon::tokens::clock::time_point signed_until_{};
    std::size_t loads_ = 0;
};

}  // namespace dibs::claims_bench
