#include "server/services/ec2/network/address_transfers.h"
#include "server/wire/ec2/network/address_transfers.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/elastic_addresses.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/address_transfer_rows.h"
#include "storage/metadata/network/elastic_address_rows.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: the codes are documented, VPC User Guide, "Transfer Elastic IP addresses"; the texts are
/// assumed.
ApiError invalid_transfer(const char* code, std::string_view public_ip, std::string_view why)
{
    return {code, fmt::format("The address {} cannot be transferred: {}", public_ip, why)};
}

AddressTransfer to_answer(const AddressTransferRow& row)
{
    AddressTransfer answer;
    answer.address_transfer_status = row.accepted_time_ms ? "accepted" : "pending";
    answer.allocation_id = row.allocation_id.text();
    answer.public_ip = row.public_ip;
    answer.transfer_account_id = row.transfer_account;
    answer.transfer_offer_accepted_timestamp = time_of(row.accepted_time_ms);
    answer.transfer_offer_expiration_timestamp = Timestamp{row.expiration_time_ms};
    return answer;
}

std::vector<AddressTransfer> to_answers(Session& /*session*/,
                                        std::vector<AddressTransferRow>&& rows)
{
    std::vector<AddressTransfer> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(row));
    }
    return answers;
}

/// Throws for addresses that the caller neither has nor has given away. Source: assumed.
void require_addresses(Session& session, const ListQuery& wanted)
{
    for (const auto& id : missing_ids<kAddressTransferList>(session.db(), wanted)) {
        require_elastic_address(session, AllocationId::trusted(id));
    }
}

constexpr DescribeSpec kDescribe{.schema = kDescribeAddressTransfers,
                                 .ids = {.member = &DescribeAddressTransfersRequest::allocation_ids,
                                         .check = &check_ids<AllocationId>,
                                         .not_with_page = "AllocationIds",
                                         .require = &require_addresses},
                                 .select = &select_page<kAddressTransferList>,
                                 .key = &key_by<&AddressTransferRow::allocation_id>,
                                 .answers = &to_answers,
                                 .into = &DescribeAddressTransfersResponse::address_transfers};

/// The caller's offer of the address, as long as nobody has accepted it.
std::optional<AddressTransferRow> find_offer(Session& session, const AllocationId& id)
{
    auto rows = select_page<kAddressTransferList>(session.db(), {.owner = session.account(),
                                                                 .region = session.region(),
                                                                 .ids = {id.text()},
                                                                 .now_ms = session.now_ms()});
    if (rows.empty() || rows.front().accepted_time_ms) {
        return std::nullopt;
    }
    return std::move(rows.front());
}

// Source: EC2 API Reference, EnableAddressTransfer (documented); another offer takes the place of
// one that nobody has accepted, and to oneself there is none (assumed).
EnableAddressTransferResponse enable_address_transfer(Session& session,
                                                      const EnableAddressTransferRequest& request)
{
    const auto id = parse_id<AllocationId>(request.allocation_id);
    const auto& to = request.transfer_account_id;
    if (!wire::is_account_id(to) || to == session.account()) {
        throw invalid_value(to, "transferAccountId", "It is not another account's ID.");
    }
    stop_if_dry_run(request);
    const auto address = require_elastic_address(session, id);
    const auto ends_ms = whole_seconds(session.due_ms(kAddressTransferPending));
    const AddressTransferRow row{.region = session.region(),
                                 .owner = session.account(),
                                 .allocation_id = id,
                                 .public_ip = address.public_ip,
                                 .transfer_account = to,
                                 .expiration_time_ms = ends_ms,
                                 .seen_until_ms = ends_ms};
    replace_address_transfer(session.db(), row);
    session.schedule_at(ends_ms, kAddressTransferUnseen, id.text());
    return {.address_transfer = to_answer(row)};
}

/// Throws what stands against the transfer. Source: it is told to who accepts (documented).
void require_transferable(Session& session, const ElasticAddressRow& address)
{
    if (address.association_id) {
        throw invalid_transfer("InvalidTransfer.AddressAssociated", address.public_ip,
                               "it is associated with a network interface.");
    }
    if (address.domain_name) {
        throw invalid_transfer("InvalidTransfer.AddressCustomPtrSet", address.public_ip,
                               "it has a custom reverse DNS record.");
    }
    require_room_for_address(session);
}

/// The address is the caller's from now on, without its tags. Source: documented; that its id stays
/// is documented by the example.
void take_over(Session& session, ElasticAddressRow address, const std::vector<TagRow>& tags)
{
    delete_own<kElasticAddressColumns>(session, address.id);
    address.owner = session.account();
    insert_row<kElasticAddressColumns>(session.db(), address);
    store_tags(session, address.id, tags);
}

// Source: EC2 API Reference, AcceptAddressTransfer (documented).
AcceptAddressTransferResponse accept_address_transfer(Session& session,
                                                      const AcceptAddressTransferRequest& request)
{
    const auto tags = parse_tags<AllocationId>(request.tag_specifications);
    stop_if_dry_run(request);
    auto row = select_address_offer(session.db(), request.address, session.account(),
                                    session.region(), session.now_ms());
    if (!row) {
        throw address_not_found(request.address);
    }
    auto address = select_elastic_address(session.db(), row->allocation_id);
    if (!address) {
        throw address_not_found(request.address);
    }
    require_transferable(session, *address);
    row->accepted_time_ms = whole_seconds(session.now_ms());
    row->seen_until_ms = session.due_ms(kAddressTransferAccepted);
    replace_address_transfer(session.db(), *row);
    session.schedule_at(row->seen_until_ms, kAddressTransferUnseen, row->allocation_id.text());
    take_over(session, std::move(*address), tags);
    return {.address_transfer = to_answer(*row)};
}

// Source: EC2 API Reference, DisableAddressTransfer (documented); the refusal is assumed.
DisableAddressTransferResponse disable_address_transfer(
    Session& session, const DisableAddressTransferRequest& request)
{
    const auto id = parse_id<AllocationId>(request.allocation_id);
    stop_if_dry_run(request);
    const auto address = require_elastic_address(session, id);
    const auto row = find_offer(session, id);
    if (!row) {
        throw operation_not_permitted(
            fmt::format("Address transfer is not enabled for {}.", id.text()));
    }
    delete_address_transfer(session.db(), *row);
    return {.address_transfer = AddressTransfer{.address_transfer_status = "disabled",
                                                .allocation_id = id.text(),
                                                .public_ip = address.public_ip}};
}

// Source: EC2 API Reference, DescribeAddressTransfers (documented): those that the caller offers.
DescribeAddressTransfersResponse describe_address_transfers(
    Session& session, const DescribeAddressTransfersRequest& request)
{
    return describe<kDescribe>(session, request);
}

void address_transfer_unseen(Session& session, const AllocationId& id)
{
    delete_unseen_address_transfers(session.db(), id, session.now_ms());
}

constexpr Operation kOperations[] = {
    write<enable_address_transfer>(kEnableAddressTransfer),
    write<accept_address_transfer>(kAcceptAddressTransfer),
    write<disable_address_transfer>(kDisableAddressTransfer, {.frees_space = true}),
    read<describe_address_transfers>(kDescribeAddressTransfers),
};

constexpr DueRow kDue[] = {
    when<address_transfer_unseen>(kAddressTransferUnseen),
};

constexpr Delay kDelays[] = {kAddressTransferPending, kAddressTransferAccepted};

}  // namespace

constinit const Family kAddressTransfers{.operations = kOperations, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
