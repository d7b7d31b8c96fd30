#include "torture/orders.hpp"

#include <boost/json.hpp>

namespace dibs::torture {

std::string name_of(const orders& told, std::size_t number) {
    return told.prefix + ":" + std::to_string(number);
}

std::string to_json(const orders& told) {
    return boost::json::serialize(
        boost::json::object{{"algorithm", to_string(told.kind)},
                            {"redis", told.servers.redis},
                            {"masters", boost::json::value_from(told.servers.masters)},
                            {"postgres", told.servers.postgres},
                            {"resource", told.resource},
                            {"prefix", told.prefix},
                            {"names", told.names},
                            {"coroutines", told.coroutines},
                            {"lease_ms", told.lease.count()},
                            {"long_hold_ms", told.long_hold.count()},
                            {"seed", told.seed},
                            {"history", told.history.native()}});
}

orders orders_from(std::string_view json) {
    const auto value = boost::json::parse(json);
    const auto text = [&](const char* key) { return std::string(value.at(key).as_string()); };
    orders told;
    told.kind = algorithm_from(text("algorithm")).value();
    told.servers.redis = text("redis");
    told.servers.masters = boost::json::value_to<std::vector<std::string>>(value.at("masters"));
    told.servers.postgres = text("postgres");
    told.resource = text("resource");
    told.prefix = text("prefix");
    told.names = value.at("names").to_number<std::size_t>();
    told.coroutines = value.at("coroutines").to_number<std::size_t>();
    told.lease = std::chrono::milliseconds(value.at("lease_ms").to_number<std::int64_t>());
    told.long_hold = std::chrono::milliseconds(value.at("long_hold_ms").to_number<std::int64_t>());
    told.seed = value.at("seed").to_number<std::uint64_t>();
    told.history = text("history");
    return told;
}

}  // namespace dibs::torture
