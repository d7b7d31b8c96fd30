#include "cli/serve/http_flags.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace dibs::cli {

void add_http_flags(CLI::App& to, http_flags& flags) {
    to.add_option(
          "--tls-certificate", flags.tls_certificate,
          "Serve HTTPS (TLS 1.2 and up) with this certificate, in PEM, followed by those that lead to "
          "a root. Read again on SIGHUP")
        ->type_name("FILE");
    to.add_option("--tls-key", flags.tls_key, "The certificate's key, in PEM without a passphrase")
        ->type_name("FILE");
    to.add_option("--trusted-proxy", flags.trusted_proxies,
                  "Believe X-Forwarded-For of proxies at these addresses; repeatable")
        ->type_name("CIDR")
        ->allow_extra_args(false);
    to.add_option(
          "--rate-limit-address", flags.rate_by_address,
          "All requests of one address (of IPv6: of one /64), twice as many at once; one more is answered "
          "429. 0/s: no limit")
        ->type_name("N/s")
        ->capture_default_str();
    to.add_option("--rate-limit-user", flags.rate_by_user,
                  "Claims and own coupons of one signed-in user, twice as many at once; one more is answered "
                  "429. 0/s: no limit")
        ->type_name("N/s")
        ->capture_default_str();
}

std::optional<http::rate> read_rate(const std::string& text) {
    double per_second = 0;
    const char* const end = text.data() + text.size();
    const auto [read_to, failed] = std::from_chars(text.data(), end, per_second, std::chars_format::fixed);
    const std::string_view unit(read_to, static_cast<std::size_t>(end - read_to));
    const bool possible = per_second == 0 || (per_second >= 0.001 && per_second <= 1e6);
    if (failed != std::errc{} || !possible || unit != "/s")
        throw std::invalid_argument(text + " is no rate: give requests per second, as 20/s");
    if (per_second == 0) return std::nullopt;
    return http::rate{per_second, std::max(1.0, 2 * per_second)};
}

std::optional<http::tls_files> read_tls(const http_flags& flags) {
    if (flags.tls_certificate.empty() && flags.tls_key.empty()) return std::nullopt;
    if (flags.tls_certificate.empty() || flags.tls_key.empty())
        throw std::invalid_argument("tls-certificate and tls-key go together: give both");
    http::tls_files files{flags.tls_certificate, flags.tls_key};
    http::load_tls(files);
    return files;
}

std::vector<http::address_block> read_proxies(const http_flags& flags) {
    std::vector<http::address_block> all;
    for (const auto& text : flags.trusted_proxies) {
        const auto block = http::address_block::read(text);
        if (!block) throw std::invalid_argument(text + " is no address block: give one as 10.0.0.0/8");
        all.push_back(*block);
    }
    return all;
}

}  // namespace dibs::cli
