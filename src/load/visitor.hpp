#pragma once

#include "core/asio.hpp"
#include "http/client.hpp"
#include "load/exchange.hpp"
#include "load/recorder.hpp"
#include "load/scenario.hpp"

#include <optional>
#include <string>

namespace dibs::load {

struct claim_result {
    outcome what = outcome::error;
    int status = 0;        ///< 0: no answer came
    std::string claim_id;  ///< of an issued coupon
    std::chrono::nanoseconds took{0};
};

/// One person's conversation with the service over a keep-alive connection of its own. Everything said and
/// answered is recorded. A service that fails is a result, not an error.
class visitor {
   public:
    visitor(const asio::any_io_executor& executor, const service_address& service, const visit& does,
            recorder& records);

    /// The access token; empty when the service gave none.
    task<std::optional<std::string>> sign_up(const fresh_user& user);
    task<claim_result> claim(const std::string& access_token);

    /// True: a claim was sent and its answer has not come, so that it is in doubt if it is cut off now.
    bool claiming() const { return claiming_; }

   private:
    http::client_request claim_request(const std::string& access_token) const;
    task<http::client_response> ask(request_name name, const http::client_request& what);

    const visit& does_;
    recorder& records_;
    http::client_connection line_;
    std::string claim_target_;
    bool claiming_ = false;
};

}  // namespace dibs::load
