#include "coupon/operations/database.hpp"

namespace dibs::coupon {

postgres::target database_of(const std::string& conninfo) {
    postgres::target where;
    where.conninfo = conninfo;
    where.settings = {{"synchronous_commit", "on"},
                      {"default_transaction_isolation", "read committed"},
                      // A plan made while a table was small must not read all of it when it has grown.
                      {"enable_seqscan", "off"},
                      // To plan a statement anew for its values takes longer than to carry it out.
                      {"plan_cache_mode", "force_generic_plan"}};
    return where;
}

}  // namespace dibs::coupon
