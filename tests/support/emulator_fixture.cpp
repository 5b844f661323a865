#include "tests/support/emulator_fixture.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "server/services/services.h"

namespace amilab::test {

namespace {

Answer read_answer(ApiAnswer answer)
{
    Answer result{.status = answer.status,
                  .code = {},
                  .message = {},
                  .body = std::move(answer.body),
                  .request_id = std::move(answer.request_id),
                  .document = std::make_shared<pugi::xml_document>()};
    EXPECT_TRUE(result.document->load_buffer(result.body.data(), result.body.size()))
        << result.body;
    if (result.status != 200) {
        // The ec2 protocol has a list of them, the query protocol one.
        const auto errors = result.root().child("Errors");
        const auto error = (errors ? errors : result.root()).child("Error");
        result.code = error.child_value("Code");
        result.message = error.child_value("Message");
    }
    return result;
}

}  // namespace

std::string authorization_of(std::string_view access_key, std::string_view region,
                             std::string_view service)
{
    return fmt::format(
        "AWS4-HMAC-SHA256 Credential={}/20260102/{}/{}/aws4_request, "
        "SignedHeaders=host, Signature=00",
        access_key, region, service);
}

std::string Answer::text(const std::string& path) const
{
    return root().select_node(path.c_str()).node().text().get();
}

std::vector<std::string> Answer::texts(const std::string& path) const
{
    std::vector<std::string> all;
    for (const auto& found : root().select_nodes(path.c_str())) {
        all.emplace_back(found.node().text().get());
    }
    return all;
}

std::size_t Answer::count(const std::string& path) const
{
    return root().select_nodes(path.c_str()).size();
}

TestEmulator::TestEmulator() : TestEmulator(CatalogueOptions{}) {}

TestEmulator::TestEmulator(std::optional<std::string> path)
    : TestEmulator(CatalogueOptions{}, std::move(path))
{
}

TestEmulator::TestEmulator(CatalogueOptions catalogue, std::optional<std::string> path)
    : TestEmulator(DataDirectory::Options{.path = std::move(path),
                                          .seed = test_seed(),
                                          .catalogue = std::move(catalogue),
                                          .report = {}})
{
}

TestEmulator::TestEmulator(DataDirectory::Options options)
    : TestEmulator(std::move(options), Emulator::Options{})
{
}

TestEmulator::TestEmulator(Machines& machines)
    : TestEmulator(Emulator::Options{.machines = &machines})
{
}

TestEmulator::TestEmulator(Emulator::Options options)
    : TestEmulator(
          DataDirectory::Options{.path = {}, .seed = test_seed(), .catalogue = {}, .report = {}},
          std::move(options))
{
}

TestEmulator::TestEmulator(DataDirectory::Options options, Emulator::Options emulator)
    : data_(std::move(options)), emulator_(data_, all_services(), std::move(emulator))
{
    generation().timing().clock.freeze();
    generation().timing().clock.set(kStartMs);
}

void TestEmulator::set_delay(std::string_view name, TimeMs delay_ms)
{
    ASSERT_NE(emulator_.services().delay_named(name), nullptr) << name;
    generation().timing().delays.set(name, delay_ms);
}

Answer TestEmulator::call(std::string_view action, const Parameters& parameters,
                          std::string_view account, std::string_view region)
{
    return call_form(test_services().named("ec2")->schema, action, parameters, account, region);
}

Answer TestEmulator::call_form(const wire::ServiceSchema& service, std::string_view action,
                               const Parameters& parameters, std::string_view account,
                               std::string_view region)
{
    auto body = fmt::format("Action={}&Version={}", action, service.version);
    for (const auto& [name, value] : parameters) {
        body += fmt::format("&{}={}", url_encoded(name), url_encoded(value));
    }
    const auto authorization = authorization_of(account, region, service.name);
    auto call = emulator_.parse({.method = "POST",
                                 .content_type = "application/x-www-form-urlencoded",
                                 .authorization = authorization},
                                body);
    auto answer = call.run();
    while (call.has_more()) {
        answer.body += call.run_more();
    }
    return read_answer(std::move(answer));
}

Answer TestEmulator::must(std::string_view action, const Parameters& parameters,
                          std::string_view account, std::string_view region)
{
    auto answer = call(action, parameters, account, region);
    EXPECT_EQ(answer.status, 200) << action << ": " << answer.code << ": " << answer.message;
    return answer;
}

const Services& test_services()
{
    static const Services services(all_services());
    return services;
}

Parameters merged(Parameters parameters, const Parameters& others)
{
    for (const auto& [name, value] : others) {
        const auto same_name =
            std::find_if(parameters.begin(), parameters.end(),
                         [&name = name](const auto& one) { return one.first == name; });
        if (same_name != parameters.end()) {
            same_name->second = value;
        } else {
            parameters.emplace_back(name, value);
        }
    }
    return parameters;
}

Parameters filter(const std::string& name, const std::string& value)
{
    return {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}};
}

std::string url_encoded(std::string_view text)
{
    return boost::urls::encode(boost::core::string_view(text.data(), text.size()),
                               boost::urls::unreserved_chars);
}

std::string test_seed()
{
    static const std::string seed = [] {
        const char* given = std::getenv("AMILAB_SEED");
        std::string text = given != nullptr ? given : "1";
        std::cout << "AMILAB_SEED=" << text << '\n';
        return text;
    }();
    return seed;
}

}  // namespace amilab::test
