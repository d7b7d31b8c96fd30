#include "report/json_text.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace dibs::report {
namespace {

namespace json = boost::json;

class writer {
   public:
    void write(const json::value& value) {
        if (value.is_object())
            object(value.get_object());
        else if (value.is_array())
            array(value.get_array());
        else if (value.is_double())
            text_ += std::isfinite(value.get_double()) ? fmt::format("{}", value.get_double()) : "null";
        else
            text_ += json::serialize(value);
    }

    std::string take() { return std::move(text_); }

   private:
    void object(const json::object& members) {
        if (members.empty()) {
            text_ += "{}";
            return;
        }
        open('{');
        std::string_view separator;
        for (const auto& [key, value] : members) {
            next_line(separator);
            text_ += json::serialize(key) + ": ";
            write(value);
            separator = ",";
        }
        close('}');
    }

    /// On one line: of a histogram's buckets there are many.
    void numbers(const json::array& elements) {
        std::string_view separator = "[";
        for (const auto& element : elements) {
            text_ += separator;
            write(element);
            separator = ", ";
        }
        text_ += ']';
    }

    void array(const json::array& elements) {
        if (elements.empty()) {
            text_ += "[]";
            return;
        }
        if (std::ranges::all_of(elements, &json::value::is_number)) return numbers(elements);
        open('[');
        std::string_view separator;
        for (const auto& element : elements) {
            next_line(separator);
            write(element);
            separator = ",";
        }
        close(']');
    }

    void open(char bracket) {
        text_ += bracket;
        ++depth_;
    }

    void close(char bracket) {
        --depth_;
        next_line("");
        text_ += bracket;
    }

    void next_line(std::string_view separator) {
        text_ += separator;
        text_ += '\n';
        text_.append(depth_ * 4, ' ');
    }

    std::string text_;
    std::size_t depth_ = 0;
};

}  // namespace

std::string json_text(const json::value& value) {
    writer made;
    made.write(value);
    return made.take() + "\n";
}

}  // namespace dibs::report
