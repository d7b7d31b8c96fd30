#include "report/utf8.hpp"

#include <boost/locale/utf.hpp>

#include <cstdint>
#include <cstring>

namespace dibs::report {
namespace {

/// Most of a log is ASCII: eight bytes at a time.
const char* skip_ascii(const char* at, const char* end) {
    while (end - at >= 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, at, sizeof eight);
        if ((eight & 0x8080808080808080U) != 0) break;
        at += 8;
    }
    while (at != end && static_cast<unsigned char>(*at) < 0x80U) ++at;
    return at;
}

}  // namespace

bool is_utf8(std::string_view text) {
    using traits = boost::locale::utf::utf_traits<char>;
    const char* const end = text.data() + text.size();
    const char* at = skip_ascii(text.data(), end);
    while (at != end) {
        const auto code = traits::decode(at, end);
        if (code == boost::locale::utf::illegal || code == boost::locale::utf::incomplete) return false;
        at = skip_ascii(at, end);
    }
    return true;
}

}  // namespace dibs::report
