// A server's bytes, as one piece and cut up: the same answer. The first byte says what was asked.
#include "http/answer_reader.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <fmt/format.h>

#include <string>

namespace dibs::fuzz {
namespace {

class witness {
   public:
    explicit witness(http::method asked) : asked_(asked), reader_(asked) {}

    void give(std::string_view bytes) {
        if (failed_ || reader_.complete()) return;
        unread_ += bytes;
        const auto taken = reader_.take(unread_, failed_);
        require(taken <= unread_.size(), "more is understood than was given");
        unread_.erase(0, taken);
        taken_ += taken;
    }

    std::string close() {
        // Whether it is refused at once or found cut off is Beast's affair, and depends on the pieces.
        if (failed_) return "no answer";
        const bool by_closing = !reader_.complete() && reader_.end();
        if (!by_closing && !reader_.complete()) return "no answer";
        const auto status = reader_.status();
        require(status / 100 != 1, "an interim answer is taken for the answer");
        const auto body = reader_.take_body();
        require(asked_ != http::method::head || body.empty(), "a body of a HEAD");
        require(body.size() <= taken_, "a body of more than was read");
        return fmt::format("{} {} {} by {}, {}", status, reader_.keep_alive(), taken_, by_closing, body);
    }

   private:
    http::method asked_;
    http::answer_reader reader_;
    std::string unread_;
    std::size_t taken_ = 0;
    boost::system::error_code failed_;
};

}  // namespace
}  // namespace dibs::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dibs::fuzz;
    if (size == 0) return 0;
    const auto asked = data[0] % 2 == 0 ? dibs::http::method::get : dibs::http::method::head;
    const auto all = text_of(data, size).substr(1);
    witness whole(asked);
    whole.give(all);
    witness sliced(asked);
    in_pieces(all, [&](std::string_view piece) { sliced.give(piece); });
    require(whole.close() == sliced.close(), "what is read depends on how it arrives");
    return 0;
}
