#include "core/name_lookup.hpp"

#include "core/event.hpp"

#include <optional>
#include <utility>

namespace dibs {

using asio::ip::tcp;
using boost::system::error_code;

struct name_lookup::question {
    explicit question(const asio::any_io_executor& executor) : resolver(executor), answered(executor) {}

    tcp::resolver resolver;
    event answered;
    std::optional<error_code> outcome;
    std::vector<tcp::endpoint> addresses;
};

name_lookup::name_lookup(const asio::any_io_executor& executor, std::string host, std::uint16_t port)
    : executor_(executor), host_(std::move(host)), port_(port) {}

name_lookup::~name_lookup() {
    if (open_) open_->resolver.cancel();  // is not asked where others are before it
}

std::shared_ptr<name_lookup::question> name_lookup::ask() const {
    auto asked = std::make_shared<question>(executor_);
    // Without flags: Asio's own would leave ::1 out on a host that has IPv6 for itself alone.
    const tcp::resolver::flags none{};
    asked->resolver.async_resolve(
        host_, std::to_string(port_), none,
        [asked](const error_code& failed, const tcp::resolver::results_type& found) {
            for (const auto& entry : found) asked->addresses.push_back(entry.endpoint());
            asked->outcome = failed;
            asked->answered.set();
        });
    return asked;
}

task<std::vector<tcp::endpoint>> name_lookup::find(deadline until, error_code& failed) {
    std::vector<tcp::endpoint> found;
    if (host_ == "localhost") {  // both loopbacks, whatever the hosts file says (RFC 6761)
        found = {{asio::ip::address_v6::loopback(), port_}, {asio::ip::address_v4::loopback(), port_}};
        co_return found;
    }
    const auto literal = asio::ip::make_address(host_, failed);
    if (!failed) {
        found.emplace_back(literal, port_);
        co_return found;
    }
    if (!open_) open_ = ask();
    const std::shared_ptr<question> asked = open_;
    co_await asked->answered.wait_until(until);
    failed = asked->outcome.value_or(asio::error::timed_out);
    if (!asked->outcome) co_return found;
    if (open_ == asked) open_.reset();
    found = asked->addresses;
    co_return found;
}

}  // namespace dibs
