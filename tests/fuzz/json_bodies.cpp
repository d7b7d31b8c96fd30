// The bodies of requests: refused as invalid input, or within their limits and fit for a database.
#include "coupon/accounts/account_input.hpp"
#include "coupon/admin/admin_input.hpp"
#include "coupon/input.hpp"
#include "report/utf8.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace dibs::fuzz {
namespace {

template <class Read>
auto unless_invalid(Read read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const coupon::invalid_input& refused) {
        require(report::is_utf8(refused.what()), "a refusal that no client can read");
        return std::nullopt;
    }
}

void require_text(std::string_view text, std::size_t most_bytes) {
    require(!text.empty() && text.size() <= most_bytes, "a text is over its limit, or empty");
    require(report::is_utf8(text) && text.find('\0') == std::string_view::npos,
            "a text that the database does not take");
}

void require_email(std::string_view text) {
    require_text(text, 254);
    require(std::ranges::count(text, '@') == 1 && text.find('@') - 1 < 64, "no e-mail address");
    require(std::ranges::none_of(text, [](unsigned char c) { return c <= ' ' || (c >= 'A' && c <= 'Z'); }),
            "a blank or a capital in an e-mail address");
}

void account_bodies(std::string_view body) {
    if (const auto read = unless_invalid([&] { return coupon::read_sign_up(body); })) {
        require_email(read->email);
        require_text(read->name, 800);
        require_text(read->key, 255);
        if (read->password) require_text(*read->password, 1024);
    }
    if (const auto read = unless_invalid([&] { return coupon::read_log_in(body); })) {
        require_email(read->email);
        require_text(read->password, 1024);
    }
    if (const auto read = unless_invalid([&] { return coupon::read_refresh_token(body); }))
        require_text(*read, 4096);
}

/// Up to its first line feed the field Idempotency-Key.
void claim_with_field(std::string_view all) {
    const auto end = all.find('\n');
    if (end == std::string_view::npos) return;
    const auto read =
        unless_invalid([&] { return coupon::read_claim(all.substr(end + 1), all.substr(0, end)); });
    if (!read) return;
    require_text(read->code, 255);
    require_text(read->key, 255);
    require(all.substr(0, end).find(read->key) != std::string_view::npos, "the key of a claim is made up");
}

void claim(std::string_view body) {
    const auto read = unless_invalid([&] { return coupon::read_claim(body); });
    if (!read) return;
    require_text(read->code, 255);
    require_text(read->key, 255);
    const auto spaced = coupon::read_claim(" " + std::string(body) + "\r\n");
    require(spaced.fingerprint == read->fingerprint, "the fingerprint depends on blanks around the body");
}

void admin_bodies(std::string_view body) {
    if (const auto read = unless_invalid([&] { return coupon::read_coupon_draft(body); })) {
        require(coupon::is_coupon_id(read->id) && read->stock >= 0 && read->per_user >= 1, "no such coupon");
        require_text(read->code, 255);
        const auto noted = coupon::for_the_record(*read);
        require(report::is_utf8(noted), "a record that the database does not take");
    }
    if (const auto read = unless_invalid([&] { return coupon::read_coupon_edit(body); })) {
        require(read->stock.value_or(0) >= 0 && read->per_user.value_or(1) >= 1, "no such coupon");
        if (read->code) require_text(*read->code, 255);
        coupon::for_the_record(*read);
    }
}

void edition(std::string_view field) {
    const auto read = unless_invalid([&] { return coupon::read_edition(field); });
    if (!read || !*read) return;
    require(coupon::read_edition(coupon::etag_of(**read)) == *read,
            "an edition is another when written again");
}

}  // namespace
}  // namespace dibs::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dibs::fuzz;
    const auto all = text_of(data, size);
    account_bodies(all);
    claim(all);
    claim_with_field(all);
    admin_bodies(all);
    edition(all);
    return 0;
}
