#include "cli/serve/serve_log.hpp"

#include <gtest/gtest.h>

namespace dibs::tests {
namespace {

using cli::on_a_line;

TEST(serve_log, keeps_text_as_it_is) { EXPECT_EQ(on_a_line("größer … \"\\x\""), "größer … \"\\x\""); }

TEST(serve_log, lets_nothing_begin_another_line) {
    EXPECT_EQ(on_a_line("a\r\n[error] forged\x1b[2J\x7f"), "a\\x0d\\x0a[error] forged\\x1b[2J\\x7f");
}

TEST(serve_log, makes_utf_8_of_everything) {
    EXPECT_EQ(on_a_line("gr\xf6\xdf"
                        "er"),
              "gr\\xf6\\xdf"
              "er");
    EXPECT_EQ(on_a_line("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a lone surrogate
}

}  // namespace
}  // namespace dibs::tests
