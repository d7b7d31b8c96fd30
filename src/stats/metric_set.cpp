#include "stats/metric_set.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cassert>
#include <utility>

namespace dibs::stats {
namespace {

sink empty_like(const sink& other) {
    return std::visit([]<typename Kind>(const Kind&) { return sink(Kind()); }, other);
}

void merge_into(sink& own, const sink& other) {
    assert(own.index() == other.index());
    std::visit([&]<typename Kind>(Kind& kind) { kind.merge(std::get<Kind>(other)); }, own);
}

}  // namespace

void channel::add(double value) const {
    for (sink* target : targets_) std::visit([=](auto& kind) { kind.add(value); }, *target);
}

void channel::add(std::chrono::nanoseconds duration) const {
    add(std::chrono::duration<double, std::milli>(duration).count());
}

void metric_set::declare(std::string_view name, unit shown_as, sink empty_kind) {
    assert(empty(empty_kind));
    metrics_.try_emplace(metric_name::parse(name), metric{shown_as, std::move(empty_kind)});
}

void metric_set::declare_submetric(const metric_name& part) {
    const metric* whole = find(part.parent());
    if (whole == nullptr) {
        std::vector<std::string> known;
        for (const auto& [name, any] : metrics_)
            if (!name.is_submetric()) known.push_back(name.text());
        throw bad_expression(
            fmt::format("there is no metric '{}'; there are {}", part.base(), fmt::join(known, ", ")));
    }
    metrics_.try_emplace(part, metric{whole->shown_as, empty_like(whole->samples)});
}

channel metric_set::open(std::string_view name, std::span<const tag> tags) {
    std::vector<sink*> targets;
    for (auto& [declared, metric] : metrics_)
        if (declared.base() == name && declared.selects(tags)) targets.push_back(&metric.samples);
    assert(!targets.empty());
    return channel(std::move(targets));
}

void metric_set::merge(const metric_set& other) {
    for (const auto& [name, theirs] : other.metrics_) {
        const auto [own, added] = metrics_.try_emplace(name, theirs);
        if (!added) merge_into(own->second.samples, theirs.samples);
    }
}

const metric* metric_set::find(const metric_name& name) const {
    const auto found = metrics_.find(name);
    return found == metrics_.end() ? nullptr : &found->second;
}

}  // namespace dibs::stats
