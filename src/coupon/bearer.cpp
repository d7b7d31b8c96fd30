#include "coupon/bearer.hpp"

#include <boost/algorithm/string/predicate.hpp>

namespace dibs::coupon {

std::optional<identity> bearer_of(const http::request& request, const tokens& signer) {
    constexpr std::string_view scheme = "Bearer ";
    const auto given = request.header("Authorization");
    if (!given || !boost::algorithm::istarts_with(*given, scheme)) return std::nullopt;
    return signer.verify(given->substr(scheme.size()), tokens::clock::now());
}

}  // namespace dibs::coupon
