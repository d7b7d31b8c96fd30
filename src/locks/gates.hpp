#pragma once

#include "core/gate.hpp"
#include "locks/kept.hpp"
#include "locks/timing.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace dibs::locks {

/// The waiters of this process for each name queue here, in order of arrival; one of them stands at the
/// backend.
using gates = kept<gate>;

/// One place at the backend. It keeps its gate: one made anew for the name would let in as many again.
struct gate_place {
    std::shared_ptr<gate> door;
    gate::pass pass;
};

/// Empty: the deadline came first.
inline task<std::optional<gate_place>> enter(gates& all, lock_name name, deadline until) {
    auto door = all.of(name);
    auto pass = co_await door->enter(until);
    if (!pass) co_return std::nullopt;
    co_return gate_place{std::move(door), *std::move(pass)};
}

inline gates::maker gate_of_width(const asio::any_io_executor& executor, std::size_t inside) {
    return [executor, inside](const lock_name& name) {
        return std::make_shared<gate>(executor, name.text(), gate::limits{.inside = inside});
    };
}

}  // namespace dibs::locks
