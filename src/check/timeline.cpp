#include "check/timeline.hpp"

#include "check/claims.hpp"
#include "check/plain_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

namespace dibs::check {
namespace {

using history::action;
using history::event;
using line = timeline::line;
using kind = timeline::kind;

constexpr std::size_t first_lines = 30;
constexpr std::size_t last_lines = 6;
constexpr std::size_t owner_columns = 9;

struct row {
    std::string key;
    std::string label;
};

row row_of(const operation& one) {
    const auto& owner =
        one.invoke->owner.empty() && one.completion ? one.completion->owner : one.invoke->owner;
    if (one.invoke->action == action::claim) return {"user " + owner, "user " + owner};
    const auto process = one.invoke->process;
    if (owner.empty()) return {std::to_string(process), fmt::format("process {}", process)};
    return {fmt::format("{} in {}", owner, process),
            fmt::format("{} in {}", abridged(owner, owner_columns), process)};
}

kind kind_of(const operation& one) {
    if (!one.completion) return kind::asked;
    if (one.succeeded()) return kind::done;
    return one.failed() ? kind::failed : kind::unknown;
}

/// `ok 12 token 7`
std::string outcome_of(const operation& one) {
    const auto& last = one.completion ? *one.completion : *one.invoke;
    std::string text(one.completion ? to_string(last.phase) : "asked");
    if (!last.value.empty()) text += ' ' + last.value;
    const auto token = last.token ? last.token : one.invoke->token;
    if (token) text += fmt::format(" token {}", *token);
    return text;
}

class builder {
   public:
    explicit builder(const events& proof) : operations_(operations_in(proof)) {
        for (const auto& one : proof) names_.insert(one.name);
        for (const auto& one : operations_)
            add(row_of(one), {kind_of(one),
                              {},
                              std::string(to_string(one.invoke->action)),
                              text_of(*one.invoke, outcome_of(one)),
                              one.invoke->at_ns,
                              (one.completion ? one.completion : one.invoke)->at_ns});
        for (const auto& [name, all] : holds_in(operations_))
            for (const auto& one : all)
                add(row_of(one.acquire),
                    {kind::hold, {}, "holds", text_of(*one.last, {}), one.begin(), one.end()});
        for (const auto& one : claims_in(proof).surveys) add_survey(one);
        if (proof.empty()) return;
        whole_.begin_ns = proof.front().at_ns;
        whole_.end_ns = proof.back().at_ns;
    }

    timeline end() {
        whole_.of = fmt::format("{}", fmt::join(names_, ", "));
        for (auto& [label, lines] : rows_)
            std::ranges::stable_sort(lines, {}, [](const line& one) { return one.begin_ns; });
        std::ranges::stable_sort(rows_, {}, [](const auto& one) { return one.second.front().begin_ns; });
        for (auto& [label, lines] : rows_) {
            lines.front().row = std::move(label);
            std::ranges::move(lines, std::back_inserter(whole_.lines));
        }
        shorten();
        return std::move(whole_);
    }

   private:
    std::string text_of(const event& of, std::string outcome) const {
        return names_.size() > 1 ? fmt::format("{} ({})", outcome, of.name) : std::move(outcome);
    }

    void add(const row& of, line one) {
        const auto [at, added] = index_.emplace(of.key, rows_.size());
        if (added) rows_.push_back({of.label, {}});
        rows_[at->second].second.push_back(std::move(one));
    }

    void add_survey(const survey& one) {
        const auto& last = one.end ? *one.end : *one.invoke;
        add({"database", "database"}, {one.end ? kind::done : kind::asked,
                                       {},
                                       "reading",
                                       text_of(last, one.end ? "that was all" : "asked"),
                                       one.invoke->at_ns,
                                       last.at_ns});
        for (const auto* piece : one.rows)
            add({"database", "database"},
                {kind::found,
                 {},
                 "found",
                 text_of(*piece, fmt::format("user {} {}", piece->owner, piece->value)),
                 piece->at_ns,
                 piece->at_ns});
    }

    void shorten() {
        auto& lines = whole_.lines;
        if (lines.size() <= first_lines + last_lines + 1) return;
        const auto left_out = lines.size() - first_lines - last_lines;
        const auto begin = lines.begin() + first_lines;
        *begin = {kind::gap, {}, {}, fmt::format("{} more lines", left_out)};
        lines.erase(begin + 1, begin + static_cast<std::ptrdiff_t>(left_out));
    }

    std::vector<operation> operations_;
    std::set<std::string> names_;
    std::vector<std::pair<std::string, std::vector<line>>> rows_;
    std::unordered_map<std::string, std::size_t> index_;
    timeline whole_;
};

}  // namespace

std::string timeline::since_begin(std::int64_t at_ns) const {
    const auto length_ms = (end_ns - begin_ns) / 1'000'000;
    const int decimals = length_ms < 1000 ? 3 : length_ms < 100'000 ? 1 : 0;
    return fmt::format("{:.{}f}", static_cast<double>(at_ns - begin_ns) / 1e6, decimals);
}

std::string timeline::times_of(const line& one) const {
    auto text = since_begin(one.begin_ns);
    return one.begin_ns == one.end_ns ? text : text + "–" + since_begin(one.end_ns);
}

timeline timeline_of(const events& proof) { return builder(proof).end(); }

}  // namespace dibs::check
