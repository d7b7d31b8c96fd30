#include "cli/watched_run.hpp"

#include "core/spawn.hpp"
#include "core/timeout.hpp"

#include <fmt/format.h>

#include <csignal>
#include <utility>

namespace dibs::cli {
namespace {

using namespace std::chrono_literals;

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

std::string text_of(const load::run_progress& now) {
    std::string text =
        fmt::format("load: {:.0f} of {:.0f} s, {} of {} users, {} iterations, {} requests, {} failed",
                    seconds(now.elapsed), seconds(now.length), now.users, now.peak, now.counts.iterations,
                    now.counts.requests, now.counts.failed_requests);
    if (now.counts.dropped > 0) text += fmt::format(", {} dropped", now.counts.dropped);
    return text;
}

}  // namespace

watched_run::watched_run(const load::scenario& asked, telling what)
    : generator_(io_.get_executor(), asked), interrupts_(io_), next_(io_) {
    if (what == telling::progress) line_.emplace();
}

load::run_result watched_run::run() {
    listen_for_interrupts();
    if (line_) tell_again();
    spawn(io_.get_executor(), keep(generator_.run(), result_), [this](std::exception_ptr failed) {
        failed_ = std::move(failed);
        interrupts_.cancel();
        next_.cancel();
        line_.reset();
    });
    io_.run();
    if (failed_) std::rethrow_exception(failed_);
    return std::move(*result_);
}

void watched_run::listen_for_interrupts() {
    interrupts_.add(SIGINT);
    interrupts_.add(SIGTERM);
    interrupts_.async_wait([this](const boost::system::error_code& cancelled, int) {
        if (cancelled) return;
        interrupts_.clear();  // the next one does what signals do
        generator_.interrupt();
    });
}

void watched_run::tell_again() {
    next_.expires_after(200ms);
    next_.async_wait([this](const boost::system::error_code& cancelled) {
        if (cancelled || !line_) return;
        line_->show(text_of(generator_.progress()));
        tell_again();
    });
}

}  // namespace dibs::cli
