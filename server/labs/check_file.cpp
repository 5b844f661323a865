#include "server/labs/check_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/labs/lab_error.h"

namespace amilab::labs {

namespace json = boost::json;

namespace {

constexpr std::int64_t kMostPoints = 1000;

/// The members of an object, each asked for once; what nobody asked for is a fault.
class Reader {
public:
    Reader(std::string_view name, const json::value& value) : name_(name)
    {
        if (!value.is_object()) {
            throw LabFault(fmt::format("{} is no object", name));
        }
        rest_ = value.get_object();
    }

    std::optional<json::value> take(std::string_view member)
    {
        const auto* found = rest_.if_contains(member);
        if (found == nullptr) {
            return std::nullopt;
        }
        auto value = *found;
        rest_.erase(member);
        return value;
    }

    std::optional<std::string> text(std::string_view member)
    {
        const auto value = take(member);
        if (value && !value->is_string()) {
            throw LabFault(fmt::format("{} of {} is no text", member, name_));
        }
        return value ? std::optional(std::string(value->get_string())) : std::nullopt;
    }

    std::string required_text(std::string_view member)
    {
        auto found = text(member);
        if (!found || found->empty()) {
            throw LabFault(fmt::format("{} has no {}", name_, member));
        }
        return std::move(*found);
    }

    std::optional<std::int64_t> number(std::string_view member, std::int64_t least,
                                       std::int64_t most)
    {
        const auto value = take(member);
        if (!value) {
            return std::nullopt;
        }
        if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
            throw LabFault(fmt::format("{} of {} is no whole number from {} to {}", member, name_,
                                       least, most));
        }
        return value->get_int64();
    }

    std::optional<bool> truth(std::string_view member)
    {
        const auto value = take(member);
        if (value && !value->is_bool()) {
            throw LabFault(fmt::format("{} of {} is neither true nor false", member, name_));
        }
        return value ? std::optional(value->get_bool()) : std::nullopt;
    }

    void finish() const
    {
        if (!rest_.empty()) {
            throw LabFault(
                fmt::format("{} cannot have {}", name_, std::string_view(rest_.begin()->key())));
        }
    }

private:
    std::string name_;
    json::object rest_;
};

ModelCall read_call(const json::value& value)
{
    Reader reader("call", value);
    ModelCall call;
    call.service = reader.required_text("service");
    call.operation = reader.required_text("operation");
    call.region = reader.text("region").value_or("");
    if (const auto parameters = reader.take("parameters")) {
        if (!parameters->is_object()) {
            throw LabFault("parameters of call is no object");
        }
        call.parameters = parameters->get_object();
    }
    reader.finish();
    return call;
}

std::vector<Expectation> read_expectations(const json::value& value)
{
    std::vector<Expectation> all;
    if (value.is_object()) {
        all.push_back(parse_expectation(value.get_object()));
        return all;
    }
    if (!value.is_array() || value.get_array().empty()) {
        throw LabFault("expect is neither an object nor a list of some");
    }
    for (const auto& one : value.get_array()) {
        if (!one.is_object()) {
            throw LabFault("expect has something that is no object");
        }
        all.push_back(parse_expectation(one.get_object()));
    }
    return all;
}

bool is_sha256(std::string_view text)
{
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

void read_free_blocks(const json::value& value, DiskLook& look)
{
    if (!look.path.empty() || look.text || look.sha256) {
        throw LabFault("file has a path, text or sha256 beside free_blocks");
    }
    Reader reader("free_blocks", value);
    look.text = reader.required_text("text");
    reader.finish();
}

DiskLook read_look(const json::value& value)
{
    Reader reader("file", value);
    DiskLook look;
    look.of = reader.required_text("of");
    look.path = reader.text("path").value_or("");
    look.text = reader.text("text");
    look.sha256 = reader.text("sha256");
    look.present = reader.truth("present").value_or(true);
    if (const auto free_blocks = reader.take("free_blocks")) {
        read_free_blocks(*free_blocks, look);
    } else if (look.path.empty() || look.path.front() != '/') {
        throw LabFault("file has neither free_blocks nor a path that begins with /");
    }
    // debugfs would take more than a path for more than that.
    if (look.path.find_first_of("\"\n\r") != std::string::npos) {
        throw LabFault("path of file has a quote or the end of a line in it");
    }
    if (look.sha256 && !is_sha256(*look.sha256)) {
        throw LabFault("sha256 of file has not 64 small hexadecimal digits");
    }
    select({}, look.of);
    reader.finish();
    return look;
}

LabCheck read_check(const json::value& value, const ApiModel& model, std::size_t steps)
{
    Reader reader("it", value);
    LabCheck check;
    const auto step = reader.number("step", 0, static_cast<std::int64_t>(steps));
    const auto call = reader.take("call");
    if (!step || !call) {
        throw LabFault(fmt::format("it has no {}", step ? "call" : "step"));
    }
    check.step = static_cast<unsigned>(*step);
    check.call = read_call(*call);
    model.question(check.call);
    check.title = reader.text("title").value_or(check.call.operation);
    if (const auto expect = reader.take("expect")) {
        check.expect = read_expectations(*expect);
    }
    if (const auto file = reader.take("file")) {
        check.look = read_look(*file);
    }
    check.hint = reader.required_text("hint");
    check.points =
        static_cast<unsigned>(reader.number("points", 0, kMostPoints).value_or(*step > 0 ? 1 : 0));
    if (check.step == 0 && check.points > 0) {
        throw LabFault("it is of the start state (step 0), for which there are no points");
    }
    if (check.expect.empty() && !check.look) {
        throw LabFault("it has neither expect nor file");
    }
    reader.finish();
    return check;
}

}  // namespace

std::vector<LabCheck> parse_checks(std::string_view file, std::string_view text,
                                   const ApiModel& model, std::size_t steps)
{
    boost::system::error_code error;
    const auto parsed = json::parse(text, error);
    if (error) {
        throw LabFault(fmt::format("{}: this is no JSON: {}", file, error.message()));
    }
    if (!parsed.is_array() || parsed.get_array().empty()) {
        throw LabFault(fmt::format("{}: this is no list of checks", file));
    }
    std::vector<LabCheck> checks;
    for (const auto& entry : parsed.get_array()) {
        try {
            checks.push_back(read_check(entry, model, steps));
        } catch (const LabFault& fault) {
            throw LabFault(fmt::format("{}: check {}: {}", file, checks.size() + 1, fault.what()));
        }
    }
    return checks;
}

}  // namespace amilab::labs
