#pragma once

#include "coupon/accounts/tokens.hpp"

namespace dibs::coupon {

/// How somebody comes to an access token.
enum class way_in { sign_up, log_in, refresh };

/// What came of it.
enum class entry { done, email_taken, wrong_credentials, too_many_tries, session_over };

/// What a rate is counted for.
enum class limited_by { user, password };

/// Who is let in, and who is not. For metrics. Called on the service's executor: must neither block nor
/// throw. Functions that are not overridden do nothing.
class access_observer {
   public:
    access_observer() = default;
    access_observer(const access_observer&) = delete;
    access_observer& operator=(const access_observer&) = delete;
    virtual ~access_observer() = default;

    /// An access token came that is not good.
    virtual void token_rejected(token_fault /*why*/) {}
    /// A request that was understood, and that the backends answered.
    virtual void entered(way_in /*how*/, entry /*what*/) {}
    /// A request was answered 429.
    virtual void limited(limited_by /*what*/) {}
};

}  // namespace dibs::coupon
