#include "fault/session_hog.hpp"
#include "torture/troubles.hpp"

#include <optional>

namespace dibs::torture {
namespace {

class hogging final : public troublemaker {
   public:
    explicit hogging(std::string url) : url_(std::move(url)) {}
    void make() override { hog_.emplace(url_); }
    void heal() override { hog_.reset(); }

   private:
    std::string url_;
    std::optional<faults::session_hog> hog_;
};

}  // namespace

std::unique_ptr<troublemaker> trouble_with_postgres(trouble what, const victims& who) {
    auto& server = who.servers.postgres();
    switch (what) {
        case trouble::postgres_killed:
            return std::make_unique<at_once>([&server] {
                server.kill();
                server.start();
            });
        case trouble::postgres_paused:
            return std::make_unique<for_a_while>([&server] { server.pause(); },
                                                 [&server] { server.resume(); });
        case trouble::postgres_full: return std::make_unique<hogging>(server.url());
        default: return nullptr;
    }
}

}  // namespace dibs::torture
