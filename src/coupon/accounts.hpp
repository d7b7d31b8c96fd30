#pragma once

#include "core/asio.hpp"
#include "coupon/input.hpp"
#include "coupon/passwords.hpp"
#include "coupon/rules.hpp"
#include "coupon/store.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace dibs::coupon {

struct user {
    user_id id{};
    std::string email;
    std::string name;
};

/// Who may claim.
class accounts {
   public:
    /// Both must outlive it. `statement` bounds each answer of the database.
    accounts(postgres::pool& pool, hashing_pool& hashing, std::chrono::milliseconds statement)
        : pool_(pool), hashing_(hashing), statement_(statement) {}

    /// The new user, or the one that the same request made before: same e-mail, same key and, if it has one,
    /// the same password. Empty: the e-mail is another's. Throws dibs::error: exhausted when too many
    /// passwords wait to be hashed, else as the database does.
    task<std::optional<user>> sign_up(sign_up_body request);

   private:
    struct known {
        user account;
        std::optional<std::string> password_hash;
        std::string key;
    };

    task<std::optional<known>> find(std::string email);
    task<std::optional<user>> again(known existing, sign_up_body request);
    task<std::optional<user>> add(sign_up_body request, std::optional<std::string> password_hash);

    postgres::pool& pool_;
    hashing_pool& hashing_;
    std::chrono::milliseconds statement_;
};

}  // namespace dibs::coupon
