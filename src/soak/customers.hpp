#pragma once

#include "core/asio.hpp"
#include "core/task_group.hpp"
#include "core/wakeup.hpp"
#include "history/writer.hpp"
#include "http/client.hpp"
#include "load/scenario.hpp"
#include "soak/answer.hpp"
#include "soak/shop.hpp"
#include "soak/tally.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace dibs::soak {

struct customers_wanted {
    load::service_address service;
    double rate = 400;          ///< arrivals a second
    std::size_t at_most = 512;  ///< customers at a time; who arrives beyond that is dropped and counted
    std::uint64_t seed = 0;
    std::filesystem::path history;  ///< the file
};

/// Fresh users, who arrive at a rate whatever becomes of those before them, sign up, and claim. Who does not
/// know whether a claim was issued repeats it with its key. Some claim with one key twice at once, some again
/// with another key, and some come back later to repeat an acknowledged claim. Every try is recorded.
class customers {
   public:
    customers(asio::any_io_executor executor, customers_wanted wanted, shop offers);
    customers(const customers&) = delete;
    customers& operator=(const customers&) = delete;

    /// Returns after stop(), when those under way have their answers. To be called once.
    task<void> run();
    /// Nobody arrives any more. On the executor's thread.
    void stop();
    /// Of any thread.
    std::uint64_t acknowledged() const { return acknowledged_; }
    const tally& counted() const { return tally_; }

   private:
    struct line {
        http::client_connection connection;
        int visits = 0;
    };
    /// A claim as it is made again and again until it is known what became of it.
    struct wish {
        std::string user;
        std::string access_token;
        std::string key;
        offer what;
    };
    struct returning {
        wish claimed;
        std::string body;
    };

    task<void> arrive();
    task<void> visit(line& over);
    task<void> come_back(line& over);
    task<std::optional<std::string>> sign_up(line& over, std::string user);
    task<answer> claim_first(line& over, wish what);
    task<answer> claim_twice_at_once(line& over, wish what);
    task<void> claim_with_another_key(line& over, wish what);
    task<answer> settle(line& over, wish what);
    task<answer> try_once(line& over, const wish& what);
    task<void> pause(int tries);

    line take_line();
    void give_back(line used);
    void remember(const wish& claimed, std::string body);
    void note_unexpected(std::string_view where, std::string_view what);
    bool one_in(int many) { return std::uniform_int_distribution(1, many)(random_) == 1; }

    asio::any_io_executor executor_;
    customers_wanted wanted_;
    shop shop_;
    std::mt19937_64 random_;
    history::writer history_;
    std::uint64_t operations_ = 0;
    std::uint64_t arrived_ = 0;
    std::vector<line> idle_;
    std::vector<returning> returning_;
    tally tally_;
    std::atomic<std::uint64_t> acknowledged_ = 0;
    wakeup stopped_;
    bool open_ = true;
    task_group inside_;
};

}  // namespace dibs::soak
