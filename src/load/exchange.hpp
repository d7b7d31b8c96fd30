#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the published iteration says to the coupon service, and what it reads in the answers. Pure.
namespace dibs::load {

/// A user that signs up once. No two of a run, nor of two runs, are the same.
struct fresh_user {
    std::string email;
    std::string name;
    std::string password;  ///< empty: signs up as a guest
    std::string sign_up_key;
};

enum class sign_up { guest, with_password };

/// `run` tells the runs apart that share one database.
fresh_user make_user(std::string_view run, std::uint32_t user, std::uint64_t iteration, sign_up how);

std::string sign_up_body(const fresh_user& user);

struct coupon_choice {
    std::string id = "test-coupon-1";
    std::string code = "K6LOADTEST";
};

/// `/api/coupons/{id}/claims`, the id percent-encoded.
std::string claim_path(const coupon_choice& coupon);

/// Binds a user's token to a moment: `issue_`, the token's first ten characters, milliseconds since 1970.
/// Users whose tokens begin alike send equal keys, as in the published script.
std::string claim_key(std::string_view access_token, std::chrono::system_clock::time_point now);

std::string claim_body(const coupon_choice& coupon, std::string_view key);

/// `data.accessToken` of an answer; empty when there is none.
std::optional<std::string> access_token_in(std::string_view body);

/// `data.id` of an answer, whether text or number; empty when there is none.
std::optional<std::string> claim_id_in(std::string_view body);

/// The `detail` of a problem; empty when there is none.
std::string problem_in(std::string_view body);

/// The `data.strategies` of a service's own account of its state; empty when it says nothing of them.
std::vector<std::string> strategies_in(std::string_view body);

/// What came of a claim. An answer that was lost leaves it in doubt: it may have been issued.
enum class outcome { issued, sold_out, already_claimed, lock_timeout, conflict, error, in_doubt };
inline constexpr std::size_t outcome_kinds = 7;

std::string_view to_string(outcome what);

/// By the status and, for those that share one, the `type` of the problem.
outcome outcome_of(int status, std::string_view body);

struct claim_answer {
    std::optional<std::string> id;  ///< as claim_id_in has it
    outcome what = outcome::error;
};
/// Both, of an answer that came.
claim_answer read_claim(int status, std::string_view body);

}  // namespace dibs::load
