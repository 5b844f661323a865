#include "server/wire/json.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "server/wire/json_request.h"
#include "server/wire/letters/letters.h"
#include "server/wire/letters/schema.h"
#include "server/wire/parcels/parcels.h"
#include "server/wire/parcels/schema.h"
#include "server/wire/request.h"
#include "tests/server/wire/refusal.h"

namespace amilab::wire {
namespace {

letters::ReadLettersRequest letters_from(std::string_view body)
{
    const Parameters parameters(
        read_json_members(letters::kReadLetters, {"POST", "/", "", body, {}}));
    return parse_request<letters::ReadLettersRequest>(parameters.root());
}

std::string letters_refusal(std::string_view body)
{
    return refusal([&] { letters_from(body); });
}

using HeaderMap = std::map<std::string, std::string, std::less<>>;

template <class Request>
Request parcel_request(const OperationSchema& operation, std::string_view method,
                       std::string_view path, std::string_view query = {},
                       const HeaderMap& headers = {}, std::string_view body = {})
{
    EXPECT_EQ(match_route(parcels::kService, method, path), &operation);
    const auto header = [&](std::string_view name) -> std::optional<std::string_view> {
        const auto found = headers.find(name);
        return found == headers.end() ? std::nullopt
                                      : std::optional<std::string_view>(found->second);
    };
    const Parameters parameters(
        read_rest_json_members(operation, {method, path, query, body, header}));
    return parse_request<Request>(parameters.root());
}

parcels::DropParcelRequest drop(std::string_view path, std::string_view query)
{
    return parcel_request<parcels::DropParcelRequest>(parcels::kDropParcel, "DELETE", path, query);
}

TEST(JsonRequest, FillsEveryType)
{
    const auto request = letters_from(
        R"({"Names":["a","bb"],"Filters":[{"Key":"k","Values":["v"]},{"Key":"l"}],"Decrypt":true,)"
        R"("MaxResults":10,"Offset":9000000000,"Ratio":1.5,"Since":1.25,"Stamp":"AP8=",)"
        R"("Tone":"stern"})");
    EXPECT_EQ(request.names, (std::vector<std::string>{"a", "bb"}));
    ASSERT_EQ(request.filters.size(), 2U);
    EXPECT_EQ(request.filters[0].values, std::vector<std::string>{"v"});
    EXPECT_EQ(request.filters[1].key, "l");
    EXPECT_EQ(request.decrypt, true);
    EXPECT_EQ(request.max_results, 10);
    EXPECT_EQ(request.offset, 9'000'000'000);
    EXPECT_EQ(request.ratio, 1.5);
    EXPECT_EQ(request.since, Timestamp{1250});
    EXPECT_EQ(request.stamp, Blob{std::string("\0\xFF", 2)});
    EXPECT_EQ(request.tone, "stern");
}

TEST(JsonRequest, TakesNullForAbsentAndEmptyListsForPresent)
{
    const auto request =
        letters_from(R"({"Names":[],"Tone":null,"Filters":[{"Key":"k","Values":null}]})");
    EXPECT_TRUE(request.names.empty());
    EXPECT_EQ(request.tone, std::nullopt);
    EXPECT_EQ(letters_refusal(R"({"Names":[null]})"),
              "SerializationException: Null found where not expected");
}

TEST(JsonRequest, KeepsTheOrderOfLongLists)
{
    const auto request = letters_from(
        R"({"Names":[],"Filters":[{"Key":"1"},{"Key":"2"},{"Key":"3"},{"Key":"4"},{"Key":"5"},)"
        R"({"Key":"6"},{"Key":"7"},{"Key":"8"},{"Key":"9"},{"Key":"10"},{"Key":"11"}]})");
    ASSERT_EQ(request.filters.size(), 11U);
    EXPECT_EQ(request.filters[1].key, "2");
    EXPECT_EQ(request.filters[10].key, "11");
}

TEST(JsonRequest, RefusesWhatIsNoJsonObject)
{
    for (const auto* body : {"{", "[]", "7", "\"a\"", "{\"Names\":[\"\xff\"]}", "{} {}"}) {
        EXPECT_EQ(refusal_code([&] { letters_from(body); }), "SerializationException") << body;
    }
    EXPECT_EQ(refusal_code([&] { letters_from(std::string(100'000, '[')); }),
              "SerializationException");
}

TEST(JsonRequest, RefusesValuesOfAnotherType)
{
    EXPECT_EQ(letters_refusal(R"({"Names":["a"],"MaxResults":"5"})"),
              "SerializationException: STRING_VALUE can not be converted to an Integer");
    EXPECT_EQ(letters_refusal(R"({"Names":[1]})"),
              "SerializationException: NUMBER_VALUE can not be converted to a String");
    EXPECT_EQ(letters_refusal(R"({"Names":{"a":1}})"),
              "SerializationException: Start of structure or map found where not expected");
    for (const auto* member :
         {R"("MaxResults":1.5)", R"("MaxResults":3000000000)", R"("Offset":true)",
          R"("Offset":18446744073709551615)", R"("Decrypt":"true")", R"("Decrypt":1)",
          R"("Ratio":"1")", R"("Tone":["kind"])", R"("Tone":{})", R"("Filters":["a"])",
          R"("Filters":[[]])", R"("Stamp":"*")", R"("Stamp":1)", R"("Since":"yesterday")",
          R"("Since":false)"}) {
        EXPECT_EQ(
            refusal_code([&] { letters_from(std::string(R"({"Names":["a"],)") + member + "}"); }),
            "SerializationException")
            << member;
    }
}

TEST(JsonRequest, NamesAllConstraintsThatFailAtOnce)
{
    EXPECT_EQ(letters_refusal("{}"),
              "ValidationException: 1 validation error detected: Value null at 'names' failed to "
              "satisfy constraint: Member must not be null");
    EXPECT_EQ(letters_refusal(""), letters_refusal("{}"));
    EXPECT_EQ(
        letters_refusal(R"({"Names":["","abcde"],"MaxResults":0,"Tone":"mild","Ratio":2.5})"),
        "ValidationException: 5 validation errors detected: "
        "Value 0 at 'maxResults' failed to satisfy constraint: Member must have value greater "
        "than or equal to 1; "
        "Value '' at 'names.1.member' failed to satisfy constraint: Member must have length "
        "greater than or equal to 1; "
        "Value 'abcde' at 'names.2.member' failed to satisfy constraint: Member must have length "
        "less than or equal to 4; "
        "Value 2.5 at 'ratio' failed to satisfy constraint: Member must have value less than or "
        "equal to 2; "
        "Value 'mild' at 'tone' failed to satisfy constraint: Member must satisfy enum value set: "
        "[kind, stern]");
    EXPECT_EQ(letters_refusal(R"({"Names":["a"],"Filters":[{}]})"),
              "ValidationException: 1 validation error detected: Value null at "
              "'filters.1.member.key' failed to satisfy constraint: Member must not be null");
    EXPECT_EQ(refusal_code([] { letters_from(R"({"Names":["a","b","c","d"]})"); }),
              "ValidationException");
    EXPECT_EQ(letters_refusal(R"({"Names":["a"],"Filters":[]})"),
              "ValidationException: 1 validation error detected: Value '[]' at 'filters' failed to "
              "satisfy constraint: Member must have length greater than or equal to 1");
}

TEST(JsonRequest, RefusesUnknownMembers)
{
    EXPECT_EQ(letters_refusal(R"({"Names":["a"],"Name":"a"})"),
              "ValidationException: The member Name is not recognized");
    EXPECT_EQ(letters_refusal(R"({"Names":["a"],"Filters":[{"Key":"a","key":"b"}]})"),
              "ValidationException: The member Filters.1.key is not recognized");
    EXPECT_EQ(letters_refusal(R"({"Names.1":"a"})"),
              "ValidationException: The member Names.1 is not recognized");
    EXPECT_EQ(letters_refusal(R"({"":"a"})"), "ValidationException: The member  is not recognized");
}

TEST(JsonRequest, RefusesWhatIsNotOfferedUnlessItIsTheDefault)
{
    EXPECT_EQ(letters_from(R"({"Names":["a"],"Origin":"home"})").names.size(), 1U);
    EXPECT_EQ(refusal_code([] { letters_from(R"({"Names":["a"],"Origin":"away"})"); }),
              "UnsupportedOperationException");
    EXPECT_EQ(refusal_code([] { letters_from(R"({"Names":["a"],"Secret":""})"); }),
              "UnsupportedOperationException");
}

TEST(JsonRequest, SaysTheSameForTheSameMembersInAnyOrder)
{
    const auto canonical = [](std::string_view body) {
        return Parameters(read_json_members(letters::kReadLetters, {"POST", "/", "", body, {}}))
            .canonical();
    };
    EXPECT_EQ(canonical(R"({"Names":["a"],"Tone":"kind"})"),
              canonical(R"({"Tone":"kind","Names":["a"],"ClientToken":"x"})"));
    EXPECT_NE(canonical(R"({"Names":["a"]})"), canonical(R"({"Names":["b"]})"));
}

TEST(JsonRequest, FindsTheActionBehindTheServicesOwnPrefix)
{
    EXPECT_EQ(action_of_target("Post.Letters.ReadLetters", letters::kService), "ReadLetters");
    for (const auto* target : {"Letters.ReadLetters", "ReadLetters", "", "Post.Letters"}) {
        EXPECT_EQ(action_of_target(target, letters::kService), "") << target;
    }
    EXPECT_EQ(action_of_target("Post.Letters.ReadLetters", parcels::kService), "");
}

TEST(RestRequest, ReadsPathQueryHeadersAndBody)
{
    const auto sent = parcel_request<parcels::SendParcelRequest>(
        parcels::kSendParcel, "POST", "/parcels", "", {}, R"({"Weight":3,"ClientToken":"t"})");
    EXPECT_EQ(sent.weight, 3);
    const auto dropped = drop("/parcels/arn%3Aa%2Fb%20c", "tagKeys=x%2By&tagKeys=z");
    EXPECT_EQ(dropped.parcel_arn, "arn:a/b c");
    EXPECT_EQ(dropped.tag_keys, (std::vector<std::string>{"x+y", "z"}));
    const auto stored = parcel_request<parcels::StoreParcelRequest>(
        parcels::kStoreParcel, "PUT", "/parcels/a/parts/7", "", {{"x-checksum", "abc="}},
        "bytes, and no JSON");
    EXPECT_EQ(stored.part, 7);
    EXPECT_EQ(stored.checksum, "abc=");
}

TEST(RestRequest, MatchesMethodAndWholePath)
{
    EXPECT_EQ(match_route(parcels::kService, "PUT", "/parcels/a/parts/1"), &parcels::kStoreParcel);
    EXPECT_EQ(match_route(parcels::kService, "GET", "/parcels/a/parts/1"), &parcels::kFetchParcel);
    for (const auto* path :
         {"/parcels", "/parcels/a/parts", "/parcels/a/parts/", "/parcels/a/parts/1/", "/", ""}) {
        EXPECT_EQ(match_route(parcels::kService, "GET", path), nullptr) << path;
    }
}

TEST(RestRequest, RefusesWhatTheSchemaDoesNotKnow)
{
    EXPECT_EQ(refusal([] { drop("/parcels/a", "tagKeys=x&force=1"); }),
              "ValidationException: The member force is not recognized");
    EXPECT_EQ(refusal([] { drop("/parcels/a", ""); }),
              "ValidationException: 1 validation error detected: Value null at 'tagKeys' failed "
              "to satisfy constraint: Member must not be null");
    EXPECT_EQ(refusal_code([] { drop("/parcels/%zz", "tagKeys=x"); }), "SerializationException");
    EXPECT_EQ(refusal_code([] { drop("/parcels/%ff", "tagKeys=x"); }), "SerializationException");
    EXPECT_EQ(refusal_code([] {
                  parcel_request<parcels::FetchParcelRequest>(
                      parcels::kFetchParcel, "GET", "/parcels/a/parts/1", "token=a&token=b");
              }),
              "SerializationException");
    EXPECT_EQ(refusal_code([] {
                  parcel_request<parcels::FetchParcelRequest>(parcels::kFetchParcel, "GET",
                                                              "/parcels/a/parts/one", "token=a");
              }),
              "SerializationException");
    // What belongs into the path may not come by the body.
    EXPECT_EQ(refusal_code([] {
                  parcel_request<parcels::FetchParcelRequest>(parcels::kFetchParcel, "GET",
                                                              "/parcels/a/parts/1", "token=a", {},
                                                              R"({"Part":2})");
              }),
              "ValidationException");
    EXPECT_EQ(refusal([] {
                  parcel_request<parcels::StoreParcelRequest>(parcels::kStoreParcel, "PUT",
                                                              "/parcels/a/parts/1", "",
                                                              {{"x-checksum", "abcde"}});
              }),
              "ValidationException: 1 validation error detected: Value 'abcde' at 'checksum' "
              "failed to satisfy constraint: Member must have length less than or equal to 4");
}

TEST(RestRequest, TakesSignaturesInTheQuery)
{
    EXPECT_EQ(drop("/parcels/a", "tagKeys=x&X-Amz-Signature=00&X-Amz-Expires=60").tag_keys.size(),
              1U);
}

TEST(JsonAnswer, RendersEveryTypeAndLeavesAbsentMembersOut)
{
    letters::ReadLettersResponse response;
    response.letters.push_back({.labels = {"x"},
                                .name = "a \"b\"\n",
                                .read = false,
                                .seal = Blob{std::string("\0\xFF", 2)},
                                .sent = Timestamp{1'767'323'045'250},
                                .size = 9'000'000'000,
                                .weight = 1.5});
    response.letters.push_back({.sent = Timestamp{2000}});
    const auto body =
        boost::json::parse(render_json_response(letters::kReadLetters, response).body);
    EXPECT_EQ(body, boost::json::parse(
                        R"({"Letters":[{"Labels":["x"],"Name":"a \"b\"\n","Read":false,)"
                        R"("Seal":"AP8=","Sent":1767323045.25,"Size":9000000000,"Weight":1.5},)"
                        R"({"Sent":2}]})"));
    EXPECT_EQ(render_json_response(letters::kReadLetters, letters::ReadLettersResponse{}).body,
              R"({"Letters":[]})");
}

TEST(RestAnswer, PutsHeadersBesideTheBody)
{
    const auto rendered = render_json_response(
        parcels::kFetchParcel, parcels::FetchParcelResponse{.checksum = "abc", .length = 3});
    EXPECT_EQ(rendered.headers, (Headers{{"x-checksum", "abc"}, {"x-length", "3"}}));
    EXPECT_EQ(rendered.body, "{}");
    EXPECT_EQ(render_json_response(parcels::kDropParcel, parcels::DropParcelResponse{}).body, "");
}

TEST(JsonError, NamesItsTypeInTheBodyAndAtRestServicesInAHeader)
{
    const ApiError error("ValidationException", "No", 400, "INVALID_PARAMETER_VALUE");
    const auto json = render_json_error(letters::kService, error);
    EXPECT_EQ(json.body, R"({"__type":"ValidationException","message":"No"})");
    EXPECT_TRUE(json.headers.empty());
    const auto rest = render_rest_json_error(parcels::kService, error);
    EXPECT_EQ(rest.body, R"({"Message":"No","Reason":"INVALID_PARAMETER_VALUE"})");
    EXPECT_EQ(rest.headers, (Headers{{"x-amzn-ErrorType", "ValidationException"}}));
    EXPECT_EQ(render_json_error(letters::kService, ApiError("InternalError", "x", 500)).body,
              R"({"__type":"InternalServerError","message":"x"})");
}

}  // namespace
}  // namespace amilab::wire
