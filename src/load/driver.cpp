#include "load/driver.hpp"

#include "load/arrival_driver.hpp"
#include "load/user_ramp.hpp"

#include <variant>

namespace dibs::load {
namespace {

struct driver_maker {
    run_context& context;

    std::unique_ptr<driver> operator()(const ramping_users& asked) const {
        return std::make_unique<user_ramp>(context, asked);
    }
    std::unique_ptr<driver> operator()(const arrival_rate& asked) const {
        return std::make_unique<arrival_driver>(context, asked);
    }
};

}  // namespace

std::unique_ptr<driver> make_driver(run_context& context) {
    return std::visit(driver_maker{context}, context.plan.executor);
}

}  // namespace dibs::load
