#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "server/wire/check.h"
#include "server/wire/credential_scope.h"
#include "server/wire/ec2/instances/launches.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/parameters.h"
#include "server/wire/request.h"
#include "server/wire/sample/schema.h"
#include "server/wire/sample/things.h"
#include "server/wire/types.h"
#include "server/wire/xml.h"

namespace amilab::wire {
namespace {

/// AMILAB_SEED repeats a run.
std::mt19937_64 seeded()
{
    const char* given = std::getenv("AMILAB_SEED");
    const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << "AMILAB_SEED=" << seed << "\n";
    ::testing::Test::RecordProperty("seed", std::to_string(seed));
    return std::mt19937_64(seed);
}

std::size_t below(std::mt19937_64& random, std::size_t bound)
{
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
}

/// Pieces that the parser knows, so that garbage gets far; and now and then any byte.
std::string garbage(std::mt19937_64& random, const std::vector<std::string>& names)
{
    static const std::vector<std::string> kPieces = {
        "&",   "=",         ".",          "%",    "+",    "%41",          "%FF",
        "%00", "%E2%82%AC", ".1",         ".0",   ".999", ".99999999999", "true",
        "-1",  "1",         "2026-01-02", "AAAA", "&&",   "==",           ".."};
    std::string text;
    for (auto count = below(random, 40); count > 0; --count) {
        switch (below(random, 6)) {
            case 0:
                text += static_cast<char>(below(random, 256));
                break;
            case 1:
            case 2:
                text += "&" + names[below(random, names.size())] + "=";
                break;
            default:
                text += kPieces[below(random, kPieces.size())];
        }
    }
    return text;
}

/// Whatever comes, it is read or refused with a document.
template <class Request>
void feed(const OperationSchema& operation, std::string_view form)
{
    try {
        const Parameters parameters(form);
        parameters.canonical();
        const auto request = parse_request<Request>(parameters.root());
        ASSERT_EQ(request, request);
    } catch (const ApiError& error) {
        pugi::xml_document document;
        ASSERT_EQ(error.http_status, 400);
        const auto body = render_ec2_error(error, operation.name);
        ASSERT_TRUE(document.load_string(body.c_str())) << body;
        ASSERT_TRUE(is_utf8(body));
    }
}

std::vector<std::string> names_of(const OperationSchema& operation)
{
    std::vector<std::string> names{"Action", "Version"};
    for (const auto& parameter : parameters_of(operation)) {
        names.push_back(parameter.name);
    }
    return names;
}

TEST(Garbage, FormsAreReadOrRefused)
{
    auto random = seeded();
    const auto instances = names_of(ec2::kRunInstances);
    const auto things = names_of(sample::kMakeThing);
    for (int i = 0; i < 20'000; ++i) {
        feed<ec2::RunInstancesRequest>(ec2::kRunInstances, garbage(random, instances));
        feed<sample::MakeThingRequest>(sample::kMakeThing, garbage(random, things));
    }
}

TEST(Garbage, AuthorizationHeadersAreReadOrRefused)
{
    auto random = seeded();
    const std::vector<std::string> pieces = {
        "AWS4-HMAC-SHA256 ",   "Credential=", "SignedHeaders=", "Signature=", "/", ",", " ",
        "a/b/c/d/aws4_request"};
    for (int i = 0; i < 20'000; ++i) {
        std::string header;
        for (auto count = below(random, 12); count > 0; --count) {
            header += below(random, 8) == 0 ? std::string(1, static_cast<char>(below(random, 256)))
                                            : pieces[below(random, pieces.size())];
        }
        try {
            scope_from_authorization(header);
        } catch (const ApiError& error) {
            ASSERT_EQ(error.code, "IncompleteSignature");
            ASSERT_TRUE(is_utf8(error.what())) << header;
        }
    }
}

}  // namespace
}  // namespace amilab::wire
