#include "cli/server_flags.hpp"

namespace dibs::cli {

void add_servers(CLI::App& to, config& servers) {
    to.add_option("--redis", servers.redis,
                  "redis://[[user]:password@]host[:port][/db] or redis+unix:///path/to.sock "
                  "[redis://localhost:6379]")
        ->type_name("URL");
    to.add_option("--redlock", servers.masters, "An independent Redis master, for redlock; give five")
        ->type_name("URL")
        ->allow_extra_args(false);
    to.add_option("--postgres", servers.postgres, "postgresql://user@host/database, for database")
        ->type_name("CONNINFO");
}

}  // namespace dibs::cli
