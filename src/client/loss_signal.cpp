#include "client/loss_signal.hpp"

#include "core/log.hpp"

#include <utility>

namespace dibs::detail {
namespace {

std::string reason(const std::exception_ptr& failure) {
    if (!failure) return "the lease is over, or another's";
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& thrown) {
        return thrown.what();
    }
}

}  // namespace

loss_signal::loss_signal(lock_name name, algorithm kind, std::shared_ptr<observer> told)
    : name_(std::move(name)), kind_(kind), observer_(std::move(told)) {}

void loss_signal::lost(const std::exception_ptr& failure) {
    std::stop_source watched(std::nostopstate);
    {
        const std::lock_guard alone(guard_);
        why_ = reason(failure);
        given_ = true;
        watched = source_;
    }
    log(log_level::warning, "the lease of {} is lost: {}", name_.text(), why_);
    if (observer_) observer_->lost(name_, kind_);
    watched.request_stop();
}

void loss_signal::renewed(steady::duration lag) {
    if (observer_) observer_->renewed(name_, kind_, lag);
}

std::string loss_signal::why() const {
    const std::lock_guard alone(guard_);
    return why_;
}

std::stop_token loss_signal::token() {
    const std::lock_guard alone(guard_);
    if (!source_.stop_possible()) {
        source_ = std::stop_source();
        if (given_) source_.request_stop();
    }
    return source_.get_token();
}

}  // namespace dibs::detail
