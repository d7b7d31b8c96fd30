#include "coupon/answer_guard.hpp"

#include "coupon/answers.hpp"
#include "coupon/input.hpp"
#include "http/log_text.hpp"

#include <dibs/error.hpp>

#include <spdlog/spdlog.h>

#include <utility>

namespace dibs::coupon {
namespace {

constexpr std::chrono::seconds between_warnings{1};

}  // namespace

task<http::response> answer_guard::answered(task<http::response> call) {
    try {
        co_return co_await std::move(call);
    } catch (const invalid_input& wrong) {
        co_return malformed(wrong.what());
    } catch (const error& failure) {
        warn(failure);
        co_return unavailable(failure);
    }
}

void answer_guard::warn(const error& failure) {
    ++failures_;
    if (steady::now() < next_warning_) return;
    next_warning_ = after(between_warnings);
    spdlog::warn("answered 503 {} times, the last because of: {}", std::exchange(failures_, 0),
                 http::log_text(failure.what()));
}

}  // namespace dibs::coupon
