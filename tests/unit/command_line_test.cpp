#include "cli/command_line.hpp"

#include <gtest/gtest.h>

namespace dibs::cli {
namespace {

std::string hidden(const std::string& option, const std::string& value) {
    return option == "--postgres" ? "(hidden)" : value;
}

TEST(command_line, is_what_one_would_type) {
    EXPECT_EQ(command_line_of({"/usr/bin/dibs", "bench", "--out", "a b", "--json", "it's", ""}, hidden),
              "dibs bench --out 'a b' --json 'it'\\''s' ''");
}

TEST(command_line, shows_of_values_what_may_be_shown_however_they_are_given) {
    EXPECT_EQ(command_line_of({"dibs", "--postgres", "secret", "--postgres=secret", "--redis=open"}, hidden),
              "dibs --postgres '(hidden)' '--postgres=(hidden)' --redis=open");
}

TEST(command_line, shows_no_value_of_an_option_that_takes_several) {
    EXPECT_EQ(
        command_line_of({"dibs", "--postgres", "secret", "secret", "--postgres=secret", "secret"}, hidden),
        "dibs --postgres '(hidden)' '(hidden)' '--postgres=(hidden)' '(hidden)'");
}

}  // namespace
}  // namespace dibs::cli
