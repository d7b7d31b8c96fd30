#pragma once

#include "http/client.hpp"

#include <string>

namespace dibs::soak {

/// What a client knows after a try.
enum class reply {
    issued,
    sold_out,
    already_claimed,
    not_done,   ///< certainly not issued by this try; the next may
    unknown,    ///< perhaps issued: no answer, or one that says so
    unexpected  ///< an answer that the service must not give; perhaps issued
};

/// The client need not try again.
constexpr bool is_definite(reply what) {
    return what == reply::issued || what == reply::sold_out || what == reply::already_claimed;
}

struct answer {
    reply what = reply::not_done;
    std::string claim_id = {};  ///< where issued
    std::string body = {};      ///< where issued
    std::string why = {};       ///< else
};

/// Of a claim. Pure.
answer judge(http::client_response told);

}  // namespace dibs::soak
