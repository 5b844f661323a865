#include "server/services/ec2/instances/iam_instance_profiles.h"

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/calls/ports.h"
#include "server/calls/request_values.h"
#include "server/calls/secrets.h"
#include "server/calls/services.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/instances.h"
#include "server/wire/ec2/instances/iam_instance_profiles.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

/// Source: EC2 error codes, observed of IAM profiles.
ApiError association_unknown(const std::string& id)
{
    return {"InvalidAssociationID.NotFound",
            fmt::format("An invalid association-id of '{}' was given", id)};
}

ApiError profile_name_invalid(const std::string& name)
{
    return invalid_value(name, "iamInstanceProfile.name", "Invalid IAM Instance Profile name");
}

ApiError profile_arn_invalid(const std::string& arn)
{
    return invalid_value(arn, "iamInstanceProfile.arn", "Invalid IAM Instance Profile ARN");
}

/// Source: observed of RequestSpotInstances, assumed of the others.
ApiError profile_without_role(const std::string& arn)
{
    return invalid_parameter_value(
        fmt::format("IAM Instance Profile \"{}\" has no associated IAM Roles", arn));
}

/// How ARNs of the account's profiles begin.
std::string profile_arns(const Session& session)
{
    return iam_arn_of(session.region(), session.account(), "instance-profile/");
}

/// Source: IAM API Reference, CreateInstanceProfile: 1 to 128 of these characters (documented).
bool is_profile_name(std::string_view name)
{
    return !name.empty() && name.size() <= 128 && has_only(name, "_+=,.@-");
}

std::string_view name_in(std::string_view profile_arn)
{
    return profile_arn.substr(profile_arn.rfind('/') + 1);
}

/// Of a profile that IAM has not: a text that looks like an id, ever the same for the same ARN.
std::string profile_id_of(const std::string& arn)
{
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    constexpr std::size_t kLength = 17;
    std::string id = "AIPA";
    for (const char byte : sha256(arn).substr(0, kLength)) {
        id += kDigits[static_cast<unsigned char>(byte) % kDigits.size()];
    }
    return id;
}

IamInstanceProfileAssociation to_answer(const ProfileAssociationRow& row,
                                        ProfileAssociationState state)
{
    IamInstanceProfileAssociation answer;
    answer.association_id = row.id.text();
    answer.iam_instance_profile = profile_answer(row);
    answer.instance_id = row.instance_id.text();
    answer.state = text_of(state);
    answer.timestamp = Timestamp{row.time_ms};
    return answer;
}

std::vector<IamInstanceProfileAssociation> to_answers(Session&,
                                                      std::vector<ProfileAssociationRow>&& rows)
{
    std::vector<IamInstanceProfileAssociation> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(row, ProfileAssociationState::kAssociated));
    }
    return answers;
}

ProfileAssociationRow require_association(Session& session, const std::string& id)
{
    auto row = select_profile_association(session.db(), session.account(), session.region(), id);
    if (!row) {
        throw association_unknown(id);
    }
    return std::move(*row);
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeIamInstanceProfileAssociations,
    .ids = {.member = &DescribeIamInstanceProfileAssociationsRequest::association_ids,
            .not_with_page = "AssociationIds",
            .require = &require_listed<kProfileAssociationList, association_unknown>},
    .select = &select_page<kProfileAssociationList>,
    .answers = &to_answers,
    .into = &DescribeIamInstanceProfileAssociationsResponse::iam_instance_profile_associations};

/// For calls that are about a profile, to which an empty one is a wrong one. Source: codes and
/// texts are those of other wrong names and ARNs (assumed of empty ones).
void require_named_profile(Session& session, const IamInstanceProfileSpecification& wish)
{
    if (!wish.arn && !wish.name) {
        throw missing_parameter("IamInstanceProfile.Name or IamInstanceProfile.Arn");
    }
    if (!is_given(wish.arn) && !is_given(wish.name)) {
        throw wish.name ? profile_name_invalid("") : profile_arn_invalid("");
    }
    check_profile(session, wish.arn, wish.name);
}

}  // namespace

void check_profile(Session& session, const std::optional<std::string>& arn,
                   const std::optional<std::string>& name)
{
    if (is_given(arn) && is_given(name)) {
        throw parameters_not_together("iamInstanceProfile.name", "iamInstanceProfile.arn");
    }
    if (is_given(name) && !is_profile_name(*name)) {
        throw profile_name_invalid(*name);
    }
    if (is_given(arn)) {
        const auto begin = profile_arns(session);
        if (!arn->starts_with(begin) || !is_profile_name(name_in(*arn))) {
            throw profile_arn_invalid(*arn);
        }
    }
}

ProfileAssociationRow named_profile(Session& session, const std::optional<std::string>& arn,
                                    const std::optional<std::string>& name)
{
    ProfileAssociationRow row;
    row.profile_arn = is_given(arn) ? *arn : profile_arns(session) + name.value_or("");
    const auto& ports = session.services().ports();
    const auto profile = ports.find_instance_profile(session, name_in(row.profile_arn));
    // A name is one whatever the path; an ARN has the path in it.
    if (!profile || (is_given(arn) && profile->arn != *arn)) {
        if (ports.has_strict_roles) {
            throw is_given(arn) ? profile_arn_invalid(*arn) : profile_name_invalid(*name);
        }
        row.profile_id = profile_id_of(row.profile_arn);
        return row;
    }
    if (ports.has_strict_roles && !profile->has_role) {
        throw profile_without_role(profile->arn);
    }
    row.profile_arn = profile->arn;
    row.profile_id = profile->id;
    return row;
}

ProfileAssociationRow associate_profile(Session& session, const InstanceId& instance,
                                        ProfileAssociationRow row)
{
    row.id = session.next_id<ProfileAssociationId>();
    row.instance_id = instance;
    row.time_ms = session.now_ms();
    insert_row<kProfileAssociationColumns>(session.db(), row);
    return row;
}

IamInstanceProfile profile_answer(const ProfileAssociationRow& row)
{
    return {.arn = row.profile_arn, .id = row.profile_id};
}

// Source: EC2 API Reference, AssociateIamInstanceProfile: running or stopped, one profile at most
// (documented); the texts are observed.
AssociateIamInstanceProfileResponse associate_iam_instance_profile(
    Session& session, const AssociateIamInstanceProfileRequest& request)
{
    const auto& wish = request.iam_instance_profile;
    require_named_profile(session, wish);
    const auto instance = require_instance(session, parse_one_instance_id(request.instance_id));
    if (instance.state != InstanceStateName::kRunning &&
        instance.state != InstanceStateName::kStopped) {
        throw not_running_or_stopped(instance.id);
    }
    if (!select_profiles(session.db(), {instance.id.text()}).empty()) {
        throw ApiError(
            "IncorrectState",
            fmt::format("There is an existing association for instance {}", instance.id.text()));
    }
    const auto row =
        associate_profile(session, instance.id, named_profile(session, wish.arn, wish.name));
    return {.iam_instance_profile_association =
                to_answer(row, ProfileAssociationState::kAssociating)};
}

// Source: EC2 API Reference, DescribeIamInstanceProfileAssociations (documented); an unknown id
// fails the call (assumed).
DescribeIamInstanceProfileAssociationsResponse describe_iam_instance_profile_associations(
    Session& session, const DescribeIamInstanceProfileAssociationsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DisassociateIamInstanceProfile (documented); it is gone at once, the
// answer says "disassociating" (observed).
DisassociateIamInstanceProfileResponse disassociate_iam_instance_profile(
    Session& session, const DisassociateIamInstanceProfileRequest& request)
{
    const auto row = require_association(session, request.association_id);
    delete_row<kProfileAssociationColumns>(session.db(), row.id);
    return {.iam_instance_profile_association =
                to_answer(row, ProfileAssociationState::kDisassociating)};
}

// Source: EC2 API Reference, ReplaceIamInstanceProfileAssociation: of a running instance
// (documented); the association has another id then (observed in its example).
ReplaceIamInstanceProfileAssociationResponse replace_iam_instance_profile_association(
    Session& session, const ReplaceIamInstanceProfileAssociationRequest& request)
{
    const auto& wish = request.iam_instance_profile;
    require_named_profile(session, wish);
    const auto before = require_association(session, request.association_id);
    const auto instance = require_instance(session, before.instance_id);
    require_running(instance);
    auto profile = named_profile(session, wish.arn, wish.name);
    delete_row<kProfileAssociationColumns>(session.db(), before.id);
    const auto row = associate_profile(session, instance.id, std::move(profile));
    return {.iam_instance_profile_association =
                to_answer(row, ProfileAssociationState::kAssociating)};
}

namespace {

constexpr Operation kOperations[] = {
    write<associate_iam_instance_profile>(kAssociateIamInstanceProfile),
    read<describe_iam_instance_profile_associations>(kDescribeIamInstanceProfileAssociations),
    write<disassociate_iam_instance_profile>(kDisassociateIamInstanceProfile),
    write<replace_iam_instance_profile_association>(kReplaceIamInstanceProfileAssociation),
};

}  // namespace

constinit const Family kIamInstanceProfiles{.operations = kOperations};

}  // namespace amilab::ec2
