#pragma once

#include "tests/support/coupon_client.hpp"
#include "tests/support/coupon_office.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/run_program.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dibs::tests {

/// `dibs serve` over a database of the test's own, and `dibs admin`.
class account_servers : public testing::Test {
   protected:
    serve_process serve(const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"--redis", urls.redis, "--postgres", urls.postgres, "--port", "0"};
        words.insert(words.end(), more.begin(), more.end());
        return {box, words};
    }

    program_end admin(const std::string& verb, const std::string& email) {
        return run_program(box, DIBS_PROGRAM, {"admin", verb, email, "--postgres", urls.postgres});
    }

    std::string sql(const std::string& text) { return run_sql(schema.url(), text); }

    sandbox::supervisor box;
    fresh_schema schema;
    server_urls urls = coupon_servers(schema.url());
};

/// The member of the answer's data; throws where it has none.
inline std::string text_in(const api_answer& answer, const std::string& member) {
    if (answer.status / 100 != 2) throw std::runtime_error(answer.head + answer.text);
    return std::string(answer.data().at(member).as_string());
}

inline std::string as_json(const boost::json::object& body) { return boost::json::serialize(body); }

/// Signs up NAME@test with the password `secret`, or without one for a guest.
enum class signs_up { with_password, as_guest };
inline api_answer sign_up_named(const coupon_client& client, const std::string& name, signs_up how) {
    boost::json::object body{{"email", name + "@test"}, {"name", name}, {"idempotencyKey", name}};
    if (how == signs_up::with_password) body["password"] = "secret";
    return client.post("/api/auth/signup", as_json(body));
}

inline api_answer log_in(const coupon_client& client, const std::string& name,
                         const std::string& password = "secret") {
    return client.post("/api/auth/login", as_json({{"email", name + "@test"}, {"password", password}}));
}

inline api_answer refresh(const coupon_client& client, const std::string& token) {
    return client.post("/api/auth/refresh", as_json({{"refreshToken", token}}));
}

inline api_answer log_out(const coupon_client& client, const std::string& token) {
    return client.post("/api/auth/logout", as_json({{"refreshToken", token}}));
}

inline api_answer my_coupons(const coupon_client& client, const std::string& access_token) {
    return client.get("/api/me/coupons", {coupon_client::bearer(access_token)});
}

}  // namespace dibs::tests
