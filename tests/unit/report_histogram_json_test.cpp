#include "report/histogram_json.hpp"
#include "report/json_text.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace dibs::report {
namespace {

stats::histogram some_latencies() {
    stats::histogram made;
    for (int i = 0; i < 2000; ++i) made.add(0.3 + 0.37 * i * i);
    made.add(0);
    made.add(3.6e6 * 24 * 11);
    return made;
}

TEST(histogram_json, has_its_documented_form) {
    stats::histogram two;
    two.add(1);
    two.add(3);
    const auto expected = boost::json::parse(
        R"({"unit":"ms","relative_error":0.001953125,"count":2,"min":1,"max":3,"sum":4,
            "buckets":[[1.00390625,1],[3.0078125,1]]})");
    EXPECT_EQ(boost::json::parse(json_text(histogram_json(two))), expected);
}

TEST(histogram_json, is_read_back) {
    for (const stats::histogram& made : {some_latencies(), stats::histogram()}) {
        EXPECT_EQ(histogram_from(histogram_json(made)), made);
        const stats::histogram from_text =
            histogram_from(boost::json::parse(json_text(histogram_json(made))));
        EXPECT_EQ(from_text.buckets(), made.buckets());
        EXPECT_DOUBLE_EQ(from_text.min(), made.min());
        EXPECT_DOUBLE_EQ(from_text.max(), made.max());
        EXPECT_DOUBLE_EQ(from_text.sum(), made.sum());
    }
}

TEST(histogram_json, says_where_it_cannot_be_read) {
    const std::string good =
        R"({"unit":"ms","relative_error":0.001953125,"count":2,"min":1,"max":3,"sum":4,"buckets":[[1.00390625,1],[3.0078125,1]]})";
    ASSERT_NO_THROW(histogram_from(boost::json::parse(good)));
    const std::vector<std::array<std::string, 3>> changes{
        {R"("unit":"ms",)", "", "/unit: is missing"},
        {R"("ms")", R"("s")", "/unit: "},
        {"0.001953125", "0.01", "/relative_error: "},
        {R"("count":2)", R"("count":3)", "/count: "},
        {R"("count":2)", R"("count":"2")", "/count: "},
        {R"("min":1,)", "", "/min: is missing"},
        {R"("max":3)", R"("max":null)", "/max: "},
        {R"("max":3)", R"("max":30)", "/buckets: "},
        {R"("sum":4)", R"("sum":40)", "/buckets: "},
        {"[1.00390625,1]", "1.00390625", "/buckets/0: "},
        {"[3.0078125,1]", "[3.0078125]", "/buckets/1: "},
        {"[3.0078125,1]", "[3.0078125,-1]", "/buckets/1: "},
        {"[3.0078125,1]", "[3.0078125,1.5]", "/buckets/1: "},
        {"[3.0078125,1]", R"(["3",1])", "/buckets/1: "},
        {"[3.0078125,1]", "[3.01,1]", "/buckets: "},
        {"[[1.00390625,1],[3.0078125,1]]", "{}", "/buckets: is not a list"}};
    for (const auto& [from, to, begin] : changes) {
        std::string broken = good;
        const auto at = broken.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        broken.replace(at, from.size(), to);
        try {
            histogram_from(boost::json::parse(broken));
            ADD_FAILURE() << "read: " << broken;
        } catch (const std::runtime_error& why) {
            EXPECT_TRUE(std::string(why.what()).starts_with(begin)) << why.what();
        }
    }
    EXPECT_THROW(histogram_from(boost::json::value(1)), std::runtime_error);
    EXPECT_THROW(histogram_from(nullptr), std::runtime_error);
}

}  // namespace
}  // namespace dibs::report
