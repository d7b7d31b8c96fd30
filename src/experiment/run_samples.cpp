#include "experiment/run_samples.hpp"

namespace dibs::experiment {
namespace {

double ms_of(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

bool is_refusal(load::outcome what) {
    return what == load::outcome::sold_out || what == load::outcome::already_claimed;
}

}  // namespace

second_figures run_samples::under_way() const {
    auto made = now_;
    if (!claims_now_.empty()) {
        made.claim_p50_ms = claims_now_.percentile(0.5);
        made.claim_p95_ms = claims_now_.percentile(0.95);
    }
    return made;
}

second_figures& run_samples::at(since_begin now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now).count();
    while (now_.t < second) {
        done_.push_back(under_way());
        claims_now_ = {};
        second_figures next;
        next.t = now_.t + 1;
        next.users = now_.users;
        now_ = next;
    }
    return now_;
}

void run_samples::requested(since_begin now, const load::request_record& done) {
    auto& second = at(now);
    ++second.requests;
    const auto took = ms_of(done.took);
    latencies_.request.add(took);
    if (done.name != load::request_name::sign_up) return;
    latencies_.sign_up.add(took);
    if (done.status != 201) ++second.failed;
}

void run_samples::claimed(since_begin now, load::outcome what, std::chrono::nanoseconds took) {
    auto& second = at(now);
    ++second.claims;
    const bool issued = what == load::outcome::issued;
    ++(issued ? second.issued : is_refusal(what) ? second.refused : second.failed);
    claims_now_.add(ms_of(took));
    latencies_.claim.add(ms_of(took));
    if (issued) latencies_.claim_issued.add(ms_of(took));
    claims_.push_back({now - took, now, issued ? grant::issued : grant::refused});
}

void run_samples::claim_in_doubt(since_begin now) {
    auto& second = at(now);
    ++second.claims;
    ++second.failed;
}

void run_samples::users(since_begin now, std::size_t running) { at(now).users = running; }

std::vector<second_figures> run_samples::seconds() const {
    auto all = done_;
    all.push_back(under_way());
    return all;
}

}  // namespace dibs::experiment
