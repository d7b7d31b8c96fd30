#include "http/dispatch.hpp"

#include "http/log_text.hpp"
#include "http/problem.hpp"

#include <dibs/error.hpp>

#include <boost/asio/this_coro.hpp>
#include <spdlog/spdlog.h>

#include <exception>

namespace dibs::http {
namespace {

void log(const request& asked, const char* what) {
    spdlog::error("{} {} failed (request {}): {}", to_string(asked.verb), log_text(asked.path), asked.id,
                  log_text(what));
}

response failed(const request& asked, const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const error& fault) {
        log(asked, fault.what());
        response made = plain_problem(503, "what this server needs to answer is away; come again");
        made.headers.emplace_back("Retry-After", "1");
        return made;
    } catch (const std::exception& fault) {
        log(asked, fault.what());
    } catch (...) {
        log(asked, "something that is no std::exception was thrown");
    }
    return plain_problem(500, "this server failed to handle the request");
}

}  // namespace

task<response> dispatch(const router& routes, const request& asked) {
    if (asked.verb == method::other) co_return plain_problem(501, "this method is not known here");
    router::match found = routes.find(asked.verb, asked.path);
    if (found.action == nullptr) co_return std::move(*found.refusal);
    std::exception_ptr failure;
    try {
        co_return co_await (*found.action)(asked, found.params);
    } catch (...) {
        failure = std::current_exception();
    }
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) std::rethrow_exception(failure);
    co_return failed(asked, failure);
}

}  // namespace dibs::http
