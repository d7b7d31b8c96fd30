#include "claims_bench/alone.hpp"

#include "claims_bench/service_statements.hpp"
#include "claims_bench/target.hpp"
#include "coupon/input.hpp"

#include <fmt/format.h>

#include <map>
#include <stdexcept>
#include <utility>

namespace dibs::claims_bench {
namespace {

constexpr std::size_t batch_size = 100;
constexpr std::int64_t fingerprint = 0;
constexpr std::int64_t first_piece = 1;

std::string key_of(std::size_t number) { return fmt::format("alone-{:010}", number); }

postgres::params asking(const stage& on, std::size_t number) {
    return postgres::params()
        .add(coupon_id)
        .add(coupon::number(on.user(number)))
        .add(key_of(number))
        .add(fingerprint);
}

/// Claims issued, of users from `number` on.
using issue = int (*)(plain_session& by, const stage& on, std::size_t number);

int conditional(plain_session& by, const stage& on, std::size_t number) {
    return by.execute({"coupon_issue_conditional", asking(on, number).add(coupon_code)}).rows();
}

/// What was read of the coupon, as the guarded write wants it.
postgres::params seen(plain_session& by, const stage& on, std::size_t number) {
    const auto evidence = by.execute({"coupon_evidence", asking(on, number)});
    return asking(on, number).add(first_piece).add(integer_in(evidence, "issued")).add(coupon_code);
}

int guarded(plain_session& by, const stage& on, std::size_t number) {
    return by.execute({"coupon_issue_guarded", seen(by, on, number)}).rows();
}

int fenced(plain_session& by, const stage& on, std::size_t number) {
    const auto token = static_cast<std::int64_t>(number) + 1;
    return by.execute({"coupon_issue_fenced", seen(by, on, number).add(token).add("alone")}).rows();
}

int under_the_row(plain_session& by, const stage& on, std::size_t number) {
    static const std::string lock = coupon::lock_of_coupon(coupon_id);
    by.together({{"dibs_begin"},
                 {"dibs_lock_bounds", postgres::params().add("10000").add("10250").add("10000")},
                 {"dibs_lock_take", postgres::params().add(lock).add(key_of(number))}});
    const int issued = guarded(by, on, number);
    by.execute({"dibs_commit"});
    return issued;
}

int batch(plain_session& by, const stage& on, std::size_t number) {
    std::string users, keys, codes, fingerprints;
    for (std::size_t i = number; i < number + batch_size; ++i) {
        const char* const separator = i == number ? "{" : ",";
        users += fmt::format("{}{}", separator, coupon::number(on.user(i)));
        keys += fmt::format("{}{}", separator, key_of(i));
        codes += fmt::format("{}{}", separator, coupon_code);
        fingerprints += fmt::format("{}{}", separator, fingerprint);
    }
    for (auto* column : {&users, &keys, &codes, &fingerprints}) *column += '}';
    return by
        .together({{"coupon_batch_hold", postgres::params().add(coupon_id)},
                   {"coupon_batch_issue",
                    postgres::params().add(coupon_id).add(users).add(keys).add(codes).add(fingerprints)}})
        .rows();
}

struct way {
    issue how;
    std::size_t together = 1;
};

way way_of(std::string_view strategy) {
    static const std::map<std::string_view, way> ways{{"cas", {conditional}},
                                                      {"database", {under_the_row}},
                                                      {"queue", {guarded}},
                                                      {"fencing", {fenced}},
                                                      {"batch", {batch, batch_size}}};
    return ways.at(strategy);
}

}  // namespace

lone_claimer::lone_claimer(stage& on, std::string strategy)
    : on_(on), strategy_(std::move(strategy)), texts_(service_statements(on)) {}

sample lone_claimer::run() {
    on_.reset();
    plain_session by(target_of(on_.servers()), texts_);
    const auto [how, together] = way_of(strategy_);
    const auto parts = on_.all_parties();
    const auto before = read_cpu(parts);
    const auto begun = steady::now();
    const auto end = begun + on_.how().length;
    std::size_t made = 0;
    for (; steady::now() < end && made + together <= on_.users(); made += together)
        if (how(by, on_, made) != static_cast<int>(together))
            throw std::runtime_error(strategy_ + " alone: a claim was not issued");
    const double seconds = std::chrono::duration<double>(steady::now() - begun).count();
    const auto claims = static_cast<double>(made);
    const auto used = read_cpu(parts).since(before);
    sample found{claims / seconds, cpu_each(used, claims)};
    found.cpu.generator = std::chrono::duration<double, std::micro>(used.ours).count() / claims;
    if (!std::cmp_equal(on_.books().claims.size(), made))
        throw std::runtime_error(strategy_ + " alone: the database does not hold what was issued");
    return found;
}

}  // namespace dibs::claims_bench
