#pragma once

#include "core/timeout.hpp"
#include "load/generator.hpp"
#include "tests/support/coupon_stand_in.hpp"
#include "tests/support/run_task.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <variant>

namespace dibs::load {

inline constexpr const char* sign_up_path = "/api/auth/signup";
inline constexpr const char* claim_path_of_test = "/api/coupons/test-coupon-1/claims";

/// Runs against a stand-in for the coupon service, on one thread with it.
class load_run : public testing::Test {
   protected:
    void TearDown() override { tests::run_task(io, service.stop()); }

    /// One user, for a moment, with pauses of about a millisecond.
    scenario short_run(std::uint32_t users = 1,
                       std::chrono::milliseconds length = std::chrono::milliseconds(50)) {
        using namespace std::chrono_literals;
        scenario made;
        made.service = service.address();
        made.does.pauses = {1ms, 2ms, 1ms};
        made.executor = ramping_users{users, {{length, users}}};
        made.thresholds.clear();
        return made;
    }

    run_result run_to_its_end(const scenario& what) { return tests::run_task(io, run(what)); }

    static double counted(const run_result& done, const char* metric) {
        const auto& values = done.summary.metrics.at(stats::metric_name::parse(metric)).values;
        return std::get<stats::counter_values>(values).count;
    }
    static bool has(const run_result& done, const char* metric) {
        return done.summary.metrics.contains(stats::metric_name::parse(metric));
    }

    /// Keeps the one thread of generator and service from everything else.
    static void block(std::chrono::milliseconds time) {
        for (const deadline until = after(time); steady::now() < until;) {
        }
    }

    asio::io_context io{1};
    tests::coupon_stand_in service{io};
};

}  // namespace dibs::load
