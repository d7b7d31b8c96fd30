#pragma once

#include "http/message.hpp"

#include <map>
#include <string>
#include <string_view>

namespace dibs::page {

/// The files of the pages as answers, with an ETag each, and without leave for anything that is not theirs.
///
/// A page names its files under `/assets/VERSION/`, where VERSION is of the contents of all: there they may
/// be kept for a year, while the page itself is always asked for again. Pure.
class assets {
   public:
    assets();

    /// `name` without its folder, as `claim.html`; or 304 where the request has it already. Throws
    /// std::out_of_range when there is no such page.
    http::response page(const std::string& name, const http::request& asked) const;
    /// 404 when there is no such file. Of another version than this one's it is not to be kept.
    http::response file(std::string_view version, std::string_view name, const http::request& asked) const;

    const std::string& version() const { return version_; }

   private:
    struct entry {
        std::string content;
        std::string type;
        std::string etag;
    };
    static http::response answer(const entry& what, const char* keep, const http::request& asked);

    std::string version_;
    std::map<std::string, entry, std::less<>> entries_;
};

}  // namespace dibs::page
