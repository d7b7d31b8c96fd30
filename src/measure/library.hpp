#pragma once

#include "measure/trial.hpp"
#include "measure/user.hpp"

#include <boost/asio/io_context.hpp>

namespace dibs::measure {

/// Users of a client that is connected on `io`. Throws as client::connect().
user_maker connect_library(asio::io_context& io, const config& servers);

/// The same with an io_context of its own.
struct library {
    explicit library(const config& servers) : users(connect_library(io, servers)) {}

    asio::io_context io{1};
    user_maker users;
};

lock_request request_for(algorithm kind, std::string name);

}  // namespace dibs::measure
