#include "measure/library.hpp"

#include <utility>

namespace dibs::measure {
namespace {

task<void> connect(asio::any_io_executor executor, config servers, user_maker& made) {
    made = users_of(co_await client::connect(std::move(executor), std::move(servers)));
}

}  // namespace

user_maker connect_library(asio::io_context& io, const config& servers) {
    user_maker users;
    run_to_end(io, connect(io.get_executor(), servers, users));
    return users;
}

lock_request request_for(algorithm kind, std::string name) {
    lock_request wanted(std::move(name));
    wanted.algorithm = kind;
    return wanted;
}

}  // namespace dibs::measure
