#pragma once

#include "core/asio.hpp"
#include "coupon/accounts/account_input.hpp"
#include "coupon/accounts/account_tries.hpp"
#include "coupon/accounts/passwords.hpp"
#include "coupon/accounts/roles.hpp"
#include "coupon/accounts/sessions.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace dibs::coupon {

/// What came of somebody's wish to sign in.
struct sign_in {
    enum class result { done, email_taken, wrong_credentials, too_many_tries };

    result what = result::done;
    user of = {};                           ///< where done
    std::string refresh_token = {};         ///< where done
    std::chrono::seconds retry_after = {};  ///< where too_many_tries
};

/// Who may claim. All of it throws dibs::error: exhausted when too many passwords wait to be hashed, else as
/// the database does.
class accounts {
   public:
    /// The pools must outlive it. `statement` bounds each answer of the database.
    accounts(postgres::pool& pool, hashing_pool& hashing, std::chrono::milliseconds statement);

    /// The new user, or the one that the same request made before: same e-mail, same key and, if it has one,
    /// the same password. Else email_taken. A guest's key is all that guards it: it can be tried as often as
    /// a password. `from`: where the request came from.
    task<sign_in> sign_up(sign_up_body request, http::rate_key from);

    /// wrong_credentials, after the same time, for a wrong password, an unknown address and a guest.
    task<sign_in> log_in(log_in_body request, http::rate_key from);

    sessions& open_sessions() { return sessions_; }

   private:
    struct known {
        user account;
        std::optional<std::string> password_hash;
        std::string key;
    };

    task<std::optional<known>> find(std::string email);
    task<sign_in> again(known existing, sign_up_body request, http::rate_key from);
    task<std::optional<sign_in>> add(sign_up_body request, std::optional<std::string> password_hash);
    task<sign_in> check_password(std::optional<known> of, log_in_body given, http::rate_key from);

    postgres::pool& pool_;
    hashing_pool& hashing_;
    std::chrono::milliseconds statement_;
    sessions sessions_;
    account_tries tries_;
};

}  // namespace dibs::coupon
