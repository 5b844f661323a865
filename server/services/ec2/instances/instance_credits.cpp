#include "server/services/ec2/instances/instance_credits.h"

#include <fmt/format.h>

#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/instances/launch_options.h"
#include "server/wire/ec2/instances/instance_credits.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/instances/instance_option_rows.h"

namespace amilab::ec2 {

namespace {

constexpr std::size_t kMostIds = 1000;

/// Source: of instances that nobody names, the unlimited ones (documented).
void choose_unlimited(Session&, const DescribeInstanceCreditSpecificationsRequest& request,
                      ListQuery& wanted)
{
    if (request.instance_ids.empty()) {
        wanted.among.emplace_back(std::string_view(kInstanceCpuCredits),
                                  std::vector{std::string(text_of(CpuCredits::kUnlimited))});
    }
}

std::vector<InstanceCreditSpecification> credit_answers(Session&,
                                                        std::vector<InstanceCreditRow>&& rows)
{
    std::vector<InstanceCreditSpecification> answers;
    for (auto& row : rows) {
        answers.push_back(
            {.cpu_credits = std::move(row.cpu_credits), .instance_id = row.id.text()});
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeInstanceCreditSpecifications,
    .ids = {.member = &DescribeInstanceCreditSpecificationsRequest::instance_ids,
            .check = &check_ids<InstanceId>,
            .before_filters = true,
            .require = &require_listed_instances},
    .refine = &choose_unlimited,
    .select = &select_page<kInstanceCreditList>,
    .answers = &credit_answers,
    .into = &DescribeInstanceCreditSpecificationsResponse::instance_credit_specifications};

/// Changes the option of one instance. Throws what its item of the answer says.
void modify_credits(Session& session, const InstanceCreditSpecificationRequest& wish)
{
    const auto row = require_modifiable_instance(session, parse_id<InstanceId>(wish.instance_id));
    if (!select_type_options(session.db(), row.instance_type).burstable) {
        throw ApiError(
            "InstanceCreditSpecification.NotSupported",
            fmt::format("The instance {} is no burstable performance instance.", row.id.text()));
    }
    auto options = select_instance_options(session.db(), row.id);
    options.cpu_credits =
        wish.cpu_credits.value_or(std::string(usual_cpu_credits(family_of(row.instance_type))));
    put_instance_options(session.db(), options);
}

ModifyInstanceCreditSpecificationResponse modify_each(
    Session& session, const std::vector<InstanceCreditSpecificationRequest>& wishes)
{
    ModifyInstanceCreditSpecificationResponse answer;
    for (const auto& wish : wishes) {
        try {
            modify_credits(session, wish);
            answer.successful_instance_credit_specifications.push_back(
                {.instance_id = wish.instance_id});
        } catch (const ApiError& refusal) {
            answer.unsuccessful_instance_credit_specifications.push_back(
                {.error =
                     UnsuccessfulInstanceCreditSpecificationItemError{.code = refusal.code,
                                                                      .message = refusal.what()},
                 .instance_id = wish.instance_id});
        }
    }
    return answer;
}

InstanceFamilyCreditSpecification family_answer(const std::string& family, std::string credits)
{
    return {.cpu_credits = std::move(credits), .instance_family = family};
}

}  // namespace

// Source: EC2 API Reference, DescribeInstanceCreditSpecifications (documented).
DescribeInstanceCreditSpecificationsResponse describe_instance_credit_specifications(
    Session& session, const DescribeInstanceCreditSpecificationsRequest& request)
{
    if (request.instance_ids.size() > kMostIds) {
        throw too_many_given(request.instance_ids.size(), kMostIds, "instance IDs");
    }
    refuse_page_with_ids(!request.instance_ids.empty(), request.max_results, "instancesSet");
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, ModifyInstanceCreditSpecification: each instance for itself
// (documented). A call that comes again makes the same once more.
ModifyInstanceCreditSpecificationResponse modify_instance_credit_specification(
    Session& session, const ModifyInstanceCreditSpecificationRequest& request)
{
    for (const auto& wish : request.instance_credit_specifications) {
        if (wish.cpu_credits) {
            check_cpu_credits(*wish.cpu_credits);
        }
    }
    stop_if_dry_run(request);
    const std::string_view operation = kModifyInstanceCreditSpecification.name;
    const bool was_made = made_before(session, operation, request.client_token).has_value();
    auto answer = modify_each(session, request.instance_credit_specifications);
    if (!was_made) {
        remember_token(session, operation, request.client_token, "");
    }
    return answer;
}

// Source: EC2 API Reference, GetDefaultCreditSpecification and ModifyDefaultCreditSpecification
// (documented); a change holds at once (assumed: AWS takes up to five minutes).
GetDefaultCreditSpecificationResponse get_default_credit_specification(
    Session& session, const GetDefaultCreditSpecificationRequest& request)
{
    stop_if_dry_run(request);
    const auto& family = request.instance_family;
    return {
        .instance_family_credit_specification = family_answer(
            family,
            settled_cpu_credits(session, family).value_or(std::string(usual_cpu_credits(family))))};
}

ModifyDefaultCreditSpecificationResponse modify_default_credit_specification(
    Session& session, const ModifyDefaultCreditSpecificationRequest& request)
{
    check_cpu_credits(request.cpu_credits);
    stop_if_dry_run(request);
    settle_cpu_credits(session, request.instance_family, request.cpu_credits);
    return {.instance_family_credit_specification =
                family_answer(request.instance_family, request.cpu_credits)};
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_instance_credit_specifications>(kDescribeInstanceCreditSpecifications),
    write<modify_instance_credit_specification>(kModifyInstanceCreditSpecification),
    read<get_default_credit_specification>(kGetDefaultCreditSpecification),
    write<modify_default_credit_specification>(kModifyDefaultCreditSpecification),
};

}  // namespace

constinit const Family kInstanceCredits{.operations = kOperations};

}  // namespace amilab::ec2
