#include "coupon/accounts/bearer.hpp"

#include <boost/algorithm/string/predicate.hpp>

namespace dibs::coupon {

std::optional<identity> bearer_of(const http::request& request, const tokens& signer, access_observer& tell) {
    constexpr std::string_view scheme = "Bearer ";
    const auto given = request.header("Authorization");
    if (!given || !boost::algorithm::istarts_with(*given, scheme)) return std::nullopt;
    const auto checked = signer.check(given->substr(scheme.size()), tokens::clock::now());
    if (!checked.who) tell.token_rejected(checked.why);
    return checked.who;
}

}  // namespace dibs::coupon
