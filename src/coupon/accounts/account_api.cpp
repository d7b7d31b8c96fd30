#include "coupon/accounts/account_api.hpp"

#include "coupon/accounts/account_input.hpp"
#include "coupon/answer_parts.hpp"

#include <boost/json/object.hpp>

#include <stdexcept>
#include <utility>

namespace dibs::coupon {
namespace {

entry entry_for(sign_in::result what) {
    switch (what) {
        case sign_in::result::done: break;
        case sign_in::result::email_taken: return entry::email_taken;
        case sign_in::result::wrong_credentials: return entry::wrong_credentials;
        case sign_in::result::too_many_tries: return entry::too_many_tries;
    }
    return entry::done;
}

http::response too_many_tries(std::chrono::seconds wait) {
    http::response made = problem_answer(429, "too-many-tries", "Too many tries",
                                         "this account was tried too often: wait, then try again");
    made.headers.emplace_back("Retry-After", std::to_string(wait.count()));
    return made;
}

}  // namespace

void account_api::add_to(http::router& routes) {
    routes.add(http::method::post, "/api/auth/signup", guarded(&account_api::sign_up));
    routes.add(http::method::post, "/api/auth/login", guarded(&account_api::log_in));
    routes.add(http::method::post, "/api/auth/refresh", guarded(&account_api::refresh));
    routes.add(http::method::post, "/api/auth/logout", guarded(&account_api::log_out));
}

http::handler account_api::guarded(endpoint what) {
    return [this, what](const http::request& request, const http::path_params&) {
        return guard_.answered((this->*what)(request));
    };
}

task<http::response> account_api::sign_up(const http::request& request) {
    sign_up_body body = read_sign_up(request.body);
    const auto result = co_await people_.sign_up(std::move(body), http::key_of(request.client));
    co_return answer_to(result, way_in::sign_up);
}

task<http::response> account_api::log_in(const http::request& request) {
    log_in_body body = read_log_in(request.body);
    const auto result = co_await people_.log_in(std::move(body), http::key_of(request.client));
    co_return answer_to(result, way_in::log_in);
}

task<http::response> account_api::refresh(const http::request& request) {
    auto token = refresh_token::read(read_refresh_token(request.body));
    if (!token) co_return session_over();
    const auto renewed = co_await people_.open_sessions().renew(std::move(*token));
    if (!renewed) co_return session_over();
    access_.entered(way_in::refresh, entry::done);
    co_return signed_in(200, renewed->of, renewed->next.text());
}

task<http::response> account_api::log_out(const http::request& request) {
    auto token = refresh_token::read(read_refresh_token(request.body));
    if (token) co_await people_.open_sessions().close(std::move(*token));
    http::response done;
    done.status = 204;
    co_return done;
}

http::response account_api::signed_in(int status, const user& of, const std::string& refresh_token) const {
    boost::json::object shown{
        {"id", number(of.id)}, {"email", of.email}, {"name", of.name}, {"role", to_string(of.may)}};
    boost::json::object content{{"accessToken", signer_.issue({of.id, of.may}, tokens::clock::now())},
                                {"expiresIn", signer_.life().count()},
                                {"refreshToken", refresh_token},
                                {"user", std::move(shown)}};
    http::response made = data_answer(status, std::move(content));
    made.headers.emplace_back("Cache-Control", "no-store");
    return made;
}

http::response account_api::session_over() const {
    access_.entered(way_in::refresh, entry::session_over);
    return not_signed_in("session-over", "Session over",
                         "this refreshToken is not good, or not any more: log in again");
}

http::response account_api::answer_to(const sign_in& result, way_in how) const {
    access_.entered(how, entry_for(result.what));
    switch (result.what) {
        case sign_in::result::done:
            return signed_in(how == way_in::sign_up ? 201 : 200, result.of, result.refresh_token);
        case sign_in::result::email_taken:
            return problem_answer(409, "email-taken", "E-mail address taken",
                                  "this e-mail address has signed up before");
        case sign_in::result::wrong_credentials:
            return not_signed_in("wrong-credentials", "Wrong e-mail address or password",
                                 "there is no account with this e-mail address and this password");
        case sign_in::result::too_many_tries:
            access_.limited(limited_by::password);
            return too_many_tries(result.retry_after);
    }
    throw std::logic_error("a sign-in without a result");
}

}  // namespace dibs::coupon
