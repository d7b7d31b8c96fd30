#include "coupon/accounts/access_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <array>
#include <cstddef>
#include <map>
#include <utility>

namespace dibs::coupon {
namespace {

using prometheus::Counter;

constexpr std::array reasons{
    std::pair{token_fault::malformed, "malformed"}, std::pair{token_fault::header, "header"},
    std::pair{token_fault::signature, "signature"}, std::pair{token_fault::issuer, "issuer"},
    std::pair{token_fault::audience, "audience"},   std::pair{token_fault::early, "early"},
    std::pair{token_fault::expired, "expired"},     std::pair{token_fault::subject, "subject"},
};

struct possible_entry {
    way_in how;
    const char* way;
    entry what;
    const char* outcome;
};
constexpr std::array possible_entries{
    possible_entry{way_in::sign_up, "sign_up", entry::done, "done"},
    possible_entry{way_in::sign_up, "sign_up", entry::email_taken, "email_taken"},
    possible_entry{way_in::sign_up, "sign_up", entry::too_many_tries, "too_many_tries"},
    possible_entry{way_in::log_in, "log_in", entry::done, "done"},
    possible_entry{way_in::log_in, "log_in", entry::wrong_credentials, "wrong_credentials"},
    possible_entry{way_in::log_in, "log_in", entry::too_many_tries, "too_many_tries"},
    possible_entry{way_in::refresh, "refresh", entry::done, "done"},
    possible_entry{way_in::refresh, "refresh", entry::session_over, "session_over"},
};

class access_in_prometheus final : public access_observer {
   public:
    explicit access_in_prometheus(const std::shared_ptr<prometheus::Registry>& registry)
        : registry_(registry) {
        auto& rejected = counters("dibs_tokens_rejected_total", "Access tokens that were not good");
        for (const auto& [why, name] : reasons) rejected_[why] = &rejected.Add({{"reason", name}});
        auto& entered = counters("dibs_sign_ins_total", "Sign-ups, logins and refreshes");
        for (const auto& one : possible_entries)
            entered_[{one.how, one.what}] = &entered.Add({{"way", one.way}, {"outcome", one.outcome}});
        auto& limited = counters("dibs_rate_limited_total", "Requests answered 429");
        limited_[limited_by::user] = &limited.Add({{"by", "user"}});
        limited_[limited_by::password] = &limited.Add({{"by", "password"}});
    }

    void token_rejected(token_fault why) override { rejected_.at(why)->Increment(); }
    void entered(way_in how, entry what) override {
        if (const auto found = entered_.find({how, what}); found != entered_.end())
            found->second->Increment();
    }
    void limited(limited_by what) override { limited_.at(what)->Increment(); }

   private:
    prometheus::Family<Counter>& counters(const char* name, const char* help) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_);
    }

    std::shared_ptr<prometheus::Registry> registry_;
    std::map<token_fault, Counter*> rejected_;
    std::map<std::pair<way_in, entry>, Counter*> entered_;
    std::map<limited_by, Counter*> limited_;
};

}  // namespace

std::shared_ptr<access_observer> access_metrics(const std::shared_ptr<prometheus::Registry>& registry) {
    return std::make_shared<access_in_prometheus>(registry);
}

}  // namespace dibs::coupon
