#pragma once

#include "check/verdict.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace dibs::check {

/// A proof, to be drawn: a row for each owner, user or reading of the database, and in it a line for each
/// thing that was done.
struct timeline {
    enum class kind {
        done,
        failed,
        unknown,
        asked,  ///< the proof needs its beginning only
        hold,
        found,
        gap  ///< lines were left out here
    };
    struct line {
        timeline::kind kind = kind::gap;
        std::string row = {};   ///< empty: of the same row as the line above
        std::string what = {};  ///< `acquire`, `holds`, …
        std::string text = {};  ///< outcome, token, value
        std::int64_t begin_ns = 0;
        std::int64_t end_ns = 0;
    };
    std::string of;  ///< the locks or coupons
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
    std::vector<line> lines;

    /// From the beginning, in ms with as many decimals as the whole length allows.
    std::string since_begin(std::int64_t at_ns) const;
    /// `0.000–1.250`
    std::string times_of(const line& one) const;
};

/// Throws std::invalid_argument where the proof is no history. A long one is shown by its first and last
/// lines.
timeline timeline_of(const events& proof);

/// For terminals: at most 100 columns, UTF-8, each line with its end.
std::string timeline_text(const events& proof);

/// An SVG that needs nothing else, in light and dark colours, with what was found at its top.
std::string timeline_svg(const verdict& found);

}  // namespace dibs::check
