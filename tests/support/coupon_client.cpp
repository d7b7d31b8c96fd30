#include "tests/support/coupon_client.hpp"

#include "tests/support/raw_http.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <stdexcept>

namespace dibs::tests {
namespace {

constexpr std::string_view announcement = "dibs serve: listening on http://localhost:";
constexpr std::chrono::seconds start_time{60};

}  // namespace

const std::string serve_process::token_key = std::string(32, 't');

serve_process::serve_process(sandbox::supervisor& box, std::vector<std::string> words) {
    words.insert(words.begin(), "serve");
    sandbox::program dibs(DIBS_PROGRAM, std::move(words));
    dibs.standard_output = sandbox::output::pipe();
    dibs.standard_error = sandbox::output::pipe();
    dibs.environment.emplace_back("DIBS_TOKEN_KEY", token_key);
    process_ = box.start(dibs);
    listening_ = process_.read_line(sandbox::clock::now() + start_time).value_or("");
}

std::uint16_t serve_process::port() const {
    if (!listening_.starts_with(announcement)) throw std::runtime_error("it does not listen: " + listening_);
    return static_cast<std::uint16_t>(std::stoi(listening_.substr(announcement.size())));
}

std::string serve_process::errors() { return process_.read_all_errors(sandbox::clock::now() + start_time); }

std::string api_answer::problem() const {
    constexpr std::string_view prefix = "/problems/";
    if (!body.is_object() || !body.as_object().contains("type")) return "";
    return std::string(body.at("type").as_string()).substr(prefix.size());
}

api_answer coupon_client::exchange(const std::string& head, const std::string& body,
                                   const fields& more) const {
    std::string request = fmt::format("{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", head);
    for (const auto& field : more) request += field + "\r\n";
    if (!body.empty())
        request += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
    raw_http connection(port_);
    const std::string got = connection.say(request + "\r\n" + body).answer();
    api_answer answer;
    answer.status = status_of(got);
    answer.text = body_of(got);
    answer.head = got.substr(0, got.size() - answer.text.size());
    boost::system::error_code no_json;
    answer.body = boost::json::parse(answer.text, no_json);
    return answer;
}

api_answer coupon_client::get(const std::string& path, const fields& more) const {
    return exchange("GET " + path, "", more);
}

api_answer coupon_client::post(const std::string& path, const std::string& body, const fields& more) const {
    return exchange("POST " + path, body, more);
}

api_answer coupon_client::patch(const std::string& path, const std::string& body, const fields& more) const {
    return exchange("PATCH " + path, body, more);
}

std::string coupon_client::sign_up(const std::string& name) const {
    const auto body = fmt::format(R"({{"email":"{0}@test","name":"{0}","idempotencyKey":"{0}"}})", name);
    const auto answer = post("/api/auth/signup", body);
    if (answer.status != 201) throw std::runtime_error("sign-up: " + answer.head + answer.text);
    return std::string(answer.data().at("accessToken").as_string());
}

api_answer coupon_client::claim(const wish& what) const {
    const auto body = fmt::format(R"({{"couponCode":"CODE","idempotencyKey":"{}"}})", what.key);
    return post(fmt::format("/api/coupons/{}/claims", what.coupon), body,
                {bearer(what.token), "X-Lock-Strategy: " + what.strategy});
}

}  // namespace dibs::tests
