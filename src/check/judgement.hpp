#pragma once

#include "check/verdict.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace dibs::check {

/// A verdict while it is being reached.
class judgement {
   public:
    explicit judgement(std::string check) { verdict_.check = std::move(check); }

    void saw_something() {
        if (verdict_.found == verdict::result::unknown) verdict_.found = verdict::result::holds;
    }
    /// `proof(verdict)` fills in proof and explanation; only the first one's is asked for.
    template <class Proof>
    void violated(Proof proof) {
        verdict_.found = verdict::result::violated;
        if (verdict_.violations++ != 0) return;
        proof(verdict_);
        std::ranges::stable_sort(verdict_.proof, {}, &history::event::at_ns);
    }
    verdict end() { return std::move(verdict_); }

   private:
    verdict verdict_;
};

}  // namespace dibs::check
