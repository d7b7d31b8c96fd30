#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What the users of locks and coupons did, as they saw it.
namespace dibs::history {

enum class action {
    acquire,
    write,  ///< to the resource that a lock protects
    release,
    claim,  ///< of a piece of a coupon
    /// A reading of all that the database has of a coupon: the invoke when it begins; an ok with its user for
    /// each claim that is there; and at the end, if it comes to that, an ok without a user. All are of one
    /// operation.
    found
};

enum class phase {
    invoke,
    ok,
    fail,  ///< it certainly did not happen
    info   ///< unknown: every time-out, every lost connection
};

/// One record. An invoke and its completion have the same process and operation.
struct event {
    std::int64_t at_ns = 0;       ///< CLOCK_MONOTONIC, comparable between the processes of one host
    std::uint64_t process = 0;    ///< the recorder
    std::uint64_t operation = 0;  ///< unique in the process
    history::action action = action::acquire;
    history::phase phase = phase::invoke;
    std::string name = {};   ///< lock or coupon
    std::string owner = {};  ///< of a lock's grant; of a claim the user
    std::optional<std::uint64_t> token = {};
    /// Of a write ok: the number that the resource gave it, from 1. Of a claim: the idempotency key, and
    /// behind a space, where it is ok or found, the claim's id. Of a fail or info: why; of a coupon that has
    /// no pieces left, "sold out".
    std::string value = {};

    bool operator==(const event&) const = default;
};

std::string_view to_string(action what);
std::string_view to_string(phase how);

/// `AT PROCESS OPERATION ACTION PHASE NAME OWNER TOKEN VALUE` and a line end, separated by tabs. Empty fields
/// are empty; tab, line ends and backslash stand as \t, \n, \r and \\.
std::string to_line(const event& what);
/// Without the line end. Throws std::invalid_argument that says what is wrong with it.
event event_from(std::string_view line);

}  // namespace dibs::history
