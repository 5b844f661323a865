#include "server/services/ec2/instances/instance_metadata_defaults.h"

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/wire/ec2/instances/instance_metadata_defaults.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_metadata_default_rows.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kNoPreference = "no-preference";

void settle(std::optional<std::string>& held, const std::optional<std::string>& wanted)
{
    if (wanted) {
        held = *wanted == kNoPreference ? std::nullopt : wanted;
    }
}

// Source: -1 is no preference, and 0 no hop (documented).
void settle(std::optional<std::int64_t>& held, const std::optional<std::int64_t>& wanted)
{
    if (wanted == 0) {
        throw invalid_value("0", "HttpPutResponseHopLimit", "Expected 1 to 64, or -1.");
    }
    if (wanted) {
        held = *wanted < 0 ? std::nullopt : wanted;
    }
}

}  // namespace

// Source: EC2 API Reference, GetInstanceMetadataDefaults (documented); what has no preference is
// left out (observed).
GetInstanceMetadataDefaultsResponse get_instance_metadata_defaults(
    Session& session, const GetInstanceMetadataDefaultsRequest& request)
{
    stop_if_dry_run(request);
    const auto row =
        select_instance_metadata_defaults(session.db(), session.account(), session.region());
    return {.account_level = InstanceMetadataDefaultsResponse{
                .http_endpoint = row.http_endpoint,
                .http_put_response_hop_limit = row.http_put_response_hop_limit,
                .http_tokens = row.http_tokens,
                .http_tokens_enforced = row.http_tokens_enforced,
                .instance_metadata_tags = row.instance_metadata_tags,
                .managed_by = "account",
                .managed_exception_message = {}}};
}

// Source: EC2 API Reference, ModifyInstanceMetadataDefaults (documented); that enforcing needs
// tokens to be required is documented, the refusal assumed.
ModifyInstanceMetadataDefaultsResponse modify_instance_metadata_defaults(
    Session& session, const ModifyInstanceMetadataDefaultsRequest& request)
{
    auto row = select_instance_metadata_defaults(session.db(), session.account(), session.region());
    settle(row.http_tokens, request.http_tokens);
    settle(row.http_put_response_hop_limit, request.http_put_response_hop_limit);
    settle(row.http_endpoint, request.http_endpoint);
    settle(row.instance_metadata_tags, request.instance_metadata_tags);
    settle(row.http_tokens_enforced, request.http_tokens_enforced);
    if (row.http_tokens_enforced == "enabled" && row.http_tokens == "optional") {
        throw invalid_parameter_combination(
            "HttpTokensEnforced cannot be enabled while HttpTokens is optional.");
    }
    stop_if_dry_run(request);
    put_row<kInstanceMetadataDefaultColumns>(session.db(), row);
    return {.return_value = true};
}

namespace {

constexpr Operation kOperations[] = {
    read<get_instance_metadata_defaults>(kGetInstanceMetadataDefaults),
    write<modify_instance_metadata_defaults>(kModifyInstanceMetadataDefaults),
};

}  // namespace

constinit const Family kInstanceMetadataDefaults{.operations = kOperations};

}  // namespace amilab::ec2
