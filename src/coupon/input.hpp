#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

/// What clients and operators may send, and its limits. Pure.
namespace dibs::coupon {

/// Input that cannot be meant; what() says which part, and what is expected there.
class invalid_input : public std::runtime_error {
   public:
    using std::runtime_error::runtime_error;
};

struct claim_body {
    std::string code;
    std::string key;
    std::int64_t fingerprint = 0;  ///< of all that the body says, but for the key
};

/// Reads the JSON of a claim. The idempotency key is the body's `idempotencyKey` or the field
/// `Idempotency-Key`, a string of structured fields (RFC 8941) or a bare word; where both are there they must
/// be the same. Throws invalid_input.
claim_body read_claim(std::string_view json, std::optional<std::string_view> key_field = std::nullopt);

/// The lock that claims of a coupon are made under.
std::string lock_of_coupon(std::string_view coupon_id);
/// Whether a coupon may have this id: whether the name of its lock is one.
bool is_coupon_id(std::string_view id);

/// A coupon as an operator asks for it.
struct coupon_spec {
    std::string id;
    std::string code;
    std::int64_t stock = 0;
};

/// Throws invalid_input for an id, code or stock that cannot be.
void check(const coupon_spec& spec);
/// Reads `ID:CODE:STOCK`; CODE may contain colons. Throws invalid_input.
coupon_spec read_coupon_spec(std::string_view text);

}  // namespace dibs::coupon
