#include "coupon/coupon_rows.hpp"

#include "postgres/result.hpp"

#include <dibs/error.hpp>

namespace dibs::coupon {
namespace {

coupon_phase phase_from(std::string_view word) {
    if (word == "open") return coupon_phase::open;
    if (word == "early") return coupon_phase::early;
    if (word == "over") return coupon_phase::over;
    if (word == "paused") return coupon_phase::paused;
    throw error(fault::bad_input, "postgres", "coupon_states", "a phase that this program does not know");
}

std::optional<std::string> time_at(const postgres::result& rows, int row, int column) {
    if (const auto text = rows.optional_text(row, column)) return std::string(*text);
    return std::nullopt;
}

}  // namespace

coupon_state coupon_from(const postgres::result& rows, int row, int first) {
    coupon_state read;
    read.id = rows.text(row, first);
    read.code = rows.text(row, first + 1);
    read.stock = rows.integer(row, first + 2);
    read.issued = rows.integer(row, first + 3);
    read.per_user = rows.integer(row, first + 4);
    read.phase = phase_from(rows.text(row, first + 5));
    read.opens_at = time_at(rows, row, first + 6);
    read.closes_at = time_at(rows, row, first + 7);
    return read;
}

claim_record claim_from(const postgres::result& rows, int row, int first, const claim_request& request) {
    return {claim_id{rows.integer(row, first)}, request.coupon, request.user,
            std::string(rows.text(row, first + 1))};
}

}  // namespace dibs::coupon
