#include "page/assets.hpp"

#include "http/problem.hpp"
#include "page/files.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>
#include <utility>

namespace dibs::page {
namespace {

/// Stands in the pages for the folder of their files.
constexpr const char* folder_mark = "{{assets}}";

constexpr const char* ask_again = "no-cache";
constexpr const char* keep_a_year = "public, max-age=31536000, immutable";

/// Scripts, styles, pictures and connections of the pages' own origin, and nothing else. Forms are sent by
/// scripts alone: without them a password must not end up in an address.
constexpr const char* policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string digest(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data());
    return fmt::format("{:02x}", fmt::join(bytes.begin(), bytes.begin() + 8, ""));
}

std::string type_of(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> types{
        {{".html", "text/html; charset=utf-8"},
         {".css", "text/css; charset=utf-8"},
         {".js", "text/javascript; charset=utf-8"},
         {".svg", "image/svg+xml"}}};
    for (const auto& [ending, type] : types)
        if (name.ends_with(ending)) return std::string(type);
    return "application/octet-stream";
}

bool has_already(const http::request& asked, const std::string& etag) {
    const auto known = asked.header("If-None-Match");
    return known && (*known == "*" || known->find(etag) != std::string_view::npos);
}

}  // namespace

assets::assets() {
    std::string all;
    for (const auto& one : files) all += one.content;
    version_ = digest(all);
    for (const auto& one : files) {
        std::string content(one.content);
        boost::algorithm::replace_all(content, folder_mark, "/assets/" + version_);
        std::string etag = fmt::format("\"{}\"", digest(content));
        entries_.emplace(one.name, entry{std::move(content), type_of(one.name), std::move(etag)});
    }
}

http::response assets::answer(const entry& what, const char* keep, const http::request& asked) {
    http::response made;
    made.headers = {{"ETag", what.etag},
                    {"Cache-Control", keep},
                    {"Content-Security-Policy", policy},
                    {"X-Content-Type-Options", "nosniff"},
                    {"Referrer-Policy", "no-referrer"},
                    {"Cross-Origin-Opener-Policy", "same-origin"}};
    if (has_already(asked, what.etag)) {
        made.status = 304;
        return made;
    }
    made.content_type = what.type;
    made.body = what.content;
    return made;
}

http::response assets::page(const std::string& name, const http::request& asked) const {
    return answer(entries_.at(name), ask_again, asked);
}

http::response assets::file(std::string_view version, std::string_view name,
                            const http::request& asked) const {
    const auto found = entries_.find(name);
    if (found == entries_.end() || name.ends_with(".html"))
        return http::plain_problem(404, "there is no such file");
    return answer(found->second, version == version_ ? keep_a_year : ask_again, asked);
}

}  // namespace dibs::page
