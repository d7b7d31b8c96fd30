// A connection's bytes, as one piece and cut up: the same requests, each with one meaning.
#include "http/request_reader.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/strict_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>

namespace dibs::fuzz {
namespace {

using progress = http::request_reader::progress;

constexpr http::request_limits limits{.header_bytes = 256, .body_bytes = 64};

/// A reader, and in words what it has read.
class witness {
   public:
    explicit witness(std::string_view all) : all_(all) {}

    void give(std::string_view bytes) {
        given_ += bytes.size();
        while (!bytes.empty()) {
            const auto room = reader_.room();
            const auto size = std::min(room.size(), bytes.size());
            std::memcpy(room.data(), bytes.data(), size);
            reader_.received(size);
            bytes.remove_prefix(size);
        }
    }

    void read() {
        while (!refused_) {
            const auto made = reader_.advance();
            if (made == progress::need_more) return;
            if (made == progress::refused) return refuse();
            note();
            reader_.next();
        }
    }

    const std::string& words() const { return words_; }

   private:
    void note() {
        const auto& asked = reader_.message();
        const auto end = given_ - reader_.left_over();
        require_one_meaning(all_.substr(begin_, end - begin_), asked, limits);
        begin_ = end;
        auto out = std::back_inserter(words_);
        fmt::format_to(out, "{} {} {} {} {} to {}\n", to_string(asked.verb), asked.target, asked.path,
                       asked.query, asked.body, end);
        for (const auto& [name, value] : asked.fields) fmt::format_to(out, "{}: {}\n", name, value);
        fmt::format_to(out, "{} {}\n", reader_.keep_alive(), reader_.is_http_1_0());
    }

    void refuse() {
        refused_ = true;
        const auto& why = reader_.why_refused();
        require(why.status >= 400 && why.status < 500, "a refusal that is not the client's fault");
        words_ += fmt::format("{} {}\n", why.status, why.detail);
    }

    std::string_view all_;
    http::request_reader reader_{limits};
    std::size_t given_ = 0;
    std::size_t begin_ = 0;  // of the request that is being read
    bool refused_ = false;
    std::string words_;
};

}  // namespace
}  // namespace dibs::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dibs::fuzz;
    const auto all = text_of(data, size);
    witness whole(all);
    whole.give(all);
    whole.read();
    witness sliced(all);
    in_pieces(all, [&](std::string_view piece) {
        sliced.give(piece);
        sliced.read();
    });
    require(whole.words() == sliced.words(), "what is read depends on how it arrives");
    return 0;
}
