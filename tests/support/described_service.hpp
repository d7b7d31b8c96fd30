#pragma once

#include "sandbox/postgres_cluster.hpp"
#include "sandbox/redis_server.hpp"
#include "tests/support/api_description.hpp"
#include "tests/support/coupon_client.hpp"
#include "tests/support/raw_http.hpp"

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dibs::tests {

struct asked_with {
    std::string id = {};
    std::string body = {};
    std::string token = {};
    coupon_client::fields more = {};
};

/// Asks a real service, and holds every answer against its description.
class described_service : public testing::Test {
   protected:
    void SetUp() override;

    /// Of an operation as the description names it; what is in braces becomes the id. The answer's body.
    boost::json::value ask(const std::string& operation, int expected, asked_with what = {}) {
        return ask_of(*client, operation, expected, std::move(what));
    }
    boost::json::value ask_of(const coupon_client& whom, const std::string& operation, int expected,
                              asked_with what = {});
    void note(const std::string& operation, int expected, const api_answer& given);
    /// Begins to follow a stream; what it is told there is not looked at.
    std::unique_ptr<raw_http> follow(const std::string& operation, const std::string& token = "");
    /// A claim that is answered later.
    std::future<api_answer> start_claim(const std::string& id, const std::string& token,
                                        const std::string& how);
    void await_sql(const std::string& text) const;

    sandbox::supervisor box;
    sandbox::redis_server redis{box};
    sandbox::postgres_cluster postgres{box};
    std::optional<serve_process> service, hasty;  ///< hasty: waits and admits but little
    std::optional<coupon_client> client;
    std::optional<api_description> described;
    std::set<std::pair<std::string, int>> seen;
    std::set<std::pair<int, std::string>> problems_seen;

   private:
    std::vector<std::string> words(const std::vector<std::string>& more) const;
};

}  // namespace dibs::tests
