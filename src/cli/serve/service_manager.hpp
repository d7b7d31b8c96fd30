#pragma once

#include <string_view>

namespace dibs::cli {

/// Tells the service manager that started us (systemd, Type=notify) of our state: `READY=1`, `STOPPING=1`.
/// Does nothing without one, and nothing more when it does not listen: a service runs without it too.
/// Source: sd_notify(3), whose protocol is one datagram to the socket that $NOTIFY_SOCKET names.
void tell_service_manager(std::string_view state);

}  // namespace dibs::cli
