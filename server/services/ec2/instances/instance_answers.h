#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/calls/session.h"
#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/network/interface_answers.h"
#include "server/wire/ec2/instances/shared.h"
#include "storage/metadata/instances/iam_instance_profile_rows.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/instances/instance_option_rows.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

/// Instances, from rows to answers.
namespace amilab::ec2 {

/// The state of an instance, of a row that has it and its code.
template <class Row>
InstanceState state_answer(const Row& row)
{
    return {.code = row.state_code, .name = std::string(text_of(row.state))};
}

/// What the instance calls itself: the name of the primary address of its primary interface, or its
/// id's, as it is always called where it has IPv6 addresses alone.
/// Source: EC2 User Guide, "EC2 instance hostnames and domains" (documented).
std::string host_name(const InstanceOptionRow& options, const NetworkInterfaceRow& primary,
                      const std::string& address_name);

std::vector<InstanceBlockDeviceMapping> mapping_answers(
    const std::vector<AttachmentRow>& attachments);

/// A network interface of an instance.
struct InterfaceOfInstance {
    NetworkInterfaceRow row;
    /// The primary one first.
    std::vector<InterfaceAddressRow> addresses;
    std::vector<InterfaceGroupRow> groups;
    std::vector<InterfaceIpv6Row> ipv6;
    std::vector<std::string> ipv4_prefixes;
    std::vector<std::string> ipv6_prefixes;
};

/// What belongs to an instance beside its row.
struct InstanceParts {
    /// In the order of their device indexes.
    std::vector<InterfaceOfInstance> interfaces{};
    std::vector<AttachmentRow> attachments{};
    std::vector<Tag> tags{};
    std::vector<ProductCode> product_codes{};
    InstanceOptionRow options{};
    /// Nothing: none.
    std::optional<ProfileAssociationRow> profile{};
};

/// What belongs to the instances of a page, by one statement for each table.
class PageParts {
public:
    PageParts(Session& session, const std::vector<std::string>& instances);
    InstanceParts of(const InstanceId& id) const;

private:
    // Each sorted by instance.
    std::vector<NetworkInterfaceRow> interfaces_;
    InterfaceParts interface_parts_;
    std::vector<AttachmentRow> attachments_;
    PageTags tags_;
    PageProductCodes product_codes_;
    std::vector<InstanceOptionRow> options_;
    std::vector<ProfileAssociationRow> profiles_;
};

/// Source: EC2 API Reference, Instance (documented); the constants are those of an instance that
/// was launched with nothing said (observed).
Instance instance_answer(const InstanceRow& row, const InstanceParts& parts);

MonitoringState monitoring_state(const InstanceRow& row, const InstanceOptionRow& options);
InstanceMetadataOptionsResponse metadata_options_answer(const InstanceRow& row,
                                                        const InstanceOptionRow& options);

/// Rows of any order, grouped; a reservation is where its first row is.
std::vector<Reservation> reservation_answers(Session& session, std::vector<InstanceRow>&& rows);

}  // namespace amilab::ec2
