#include <dibs/mutex.hpp>
#include <dibs/prometheus.hpp>

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <iostream>
#include <mutex>

int main(int, char** argv) {
    const auto registry = std::make_shared<prometheus::Registry>();
    auto servers = dibs::config::from_url(argv[1]);
    servers.observer = dibs::prometheus_observer(registry);
    const auto locks = dibs::client::connect(servers);
    dibs::mutex mine(locks, "measured");
    { const std::scoped_lock held(mine); }
    prometheus::TextSerializer().Serialize(std::cout, registry->Collect());
}
