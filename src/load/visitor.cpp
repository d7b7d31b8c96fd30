#include "load/visitor.hpp"

#include <fmt/format.h>

namespace dibs::load {
namespace {

http::client_request post(std::string target, std::string body) {
    http::client_request made;
    made.verb = http::method::post;
    made.target = std::move(target);
    made.body = std::move(body);
    return made;
}

/// A request that was sent and not answered may have been carried out.
claim_answer understood(const http::client_response& answer) {
    if (answer.status != 0) return read_claim(answer.status, answer.body);
    return {std::nullopt, answer.bytes_sent > 0 ? outcome::in_doubt : outcome::error};
}

/// `claim: 404, there is no coupon 'x'`
std::string failure_text(std::string_view request, const http::client_response& answer) {
    if (answer.status == 0) return fmt::format("{}: {}", request, answer.error);
    const std::string problem = problem_in(answer.body);
    return fmt::format("{}: {}{}{}", request, answer.status, problem.empty() ? "" : ", ", problem);
}

}  // namespace

visitor::visitor(const asio::any_io_executor& executor, const service_address& service, const visit& does,
                 recorder& records)
    : does_(does),
      records_(records),
      line_(executor, service.host, service.port),
      claim_target_(claim_path(does.coupon)) {}

http::client_request visitor::claim_request(const std::string& access_token) const {
    const std::string key = claim_key(access_token, std::chrono::system_clock::now());
    http::client_request made = post(claim_target_, claim_body(does_.coupon, key));
    made.headers.emplace_back("Authorization", "Bearer " + access_token);
    if (!does_.strategy.empty()) made.headers.emplace_back("X-Lock-Strategy", does_.strategy);
    return made;
}

task<http::client_response> visitor::ask(request_name name, const http::client_request& what) {
    http::client_response answer = co_await line_.send(what, after(does_.answer_within));
    request_record record;
    record.name = name;
    record.status = answer.status;
    record.took = answer.took;
    record.bytes_sent = answer.bytes_sent;
    record.bytes_received = answer.bytes_received;
    records_.request(record);
    co_return answer;
}

task<std::optional<std::string>> visitor::sign_up(const fresh_user& user) {
    const http::client_request request = post("/api/auth/signup", sign_up_body(user));
    const http::client_response answer = co_await ask(request_name::sign_up, request);
    std::optional<std::string> token = access_token_in(answer.body);
    records_.signed_up({answer.status == 201, token.has_value()});
    if (answer.status != 201) token.reset();
    if (!token) records_.failed(failure_text("sign-up", answer));
    co_return token;
}

task<claim_result> visitor::claim(const std::string& access_token) {
    const http::client_request request = claim_request(access_token);
    claiming_ = true;
    const http::client_response answer = co_await ask(request_name::claim, request);
    claiming_ = false;
    const claim_answer told = understood(answer);
    claim_result result;
    result.what = told.what;
    result.status = answer.status;
    result.claim_id = told.id.value_or("");
    result.took = answer.took;
    if (result.what == outcome::error || result.what == outcome::in_doubt)
        records_.failed(failure_text("claim", answer));
    records_.claimed({answer.status == 201, told.id.has_value(), result.what, answer.took});
    co_return result;
}

}  // namespace dibs::load
