#pragma once

#include "sandbox/redis_server.hpp"

#include <gtest/gtest.h>

namespace dibs::tests {

/// A test with a redis-server of its own on a Unix socket; it may kill and start it.
class redis_test : public testing::Test {
   protected:
    sandbox::supervisor box;
    sandbox::redis_server redis{box};

    void SetUp() override { redis.start(); }
};

}  // namespace dibs::tests
