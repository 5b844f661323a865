#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace amilab {

/// Checked text of a resource's id: prefix, a hyphen, then 8 or 17 lower-case hex digits. An
/// InstanceId where an ImageId belongs does not compile.
/// Source: EC2 User Guide, "Resource IDs": 8 digits of old, 17 now (documented).
template <class Tag>
class Id {
public:
    /// Nothing unless `text` has the shape of this kind of id.
    static std::optional<Id> from_text(std::string_view text);
    /// For text that the database holds or the id source made; not checked again.
    static Id trusted(std::string text) { return Id(std::move(text)); }

    const std::string& text() const { return text_; }
    auto operator<=>(const Id&) const = default;

private:
    explicit Id(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// One kind of id: `kPrefix` is what stands before the hyphen, `kCodeStem` what AWS's error codes
/// begin with ("InvalidAMIID" in InvalidAMIID.Malformed), `kNoun` how messages speak of it.
struct ImageTag {
    static constexpr std::string_view kPrefix = "ami";
    static constexpr std::string_view kCodeStem = "InvalidAMIID";
    static constexpr std::string_view kNoun = "image id";
};
struct SnapshotTag {
    static constexpr std::string_view kPrefix = "snap";
    static constexpr std::string_view kCodeStem = "InvalidSnapshot";
    static constexpr std::string_view kNoun = "snapshot";
};
struct VolumeTag {
    static constexpr std::string_view kPrefix = "vol";
    static constexpr std::string_view kCodeStem = "InvalidVolume";
    static constexpr std::string_view kNoun = "volume";
};
struct InstanceTag {
    static constexpr std::string_view kPrefix = "i";
    static constexpr std::string_view kCodeStem = "InvalidInstanceID";
    static constexpr std::string_view kNoun = "instance ID";
};
struct ReservationTag {
    static constexpr std::string_view kPrefix = "r";
    static constexpr std::string_view kCodeStem = "InvalidReservationID";
    static constexpr std::string_view kNoun = "reservation ID";
};
struct VpcTag {
    static constexpr std::string_view kPrefix = "vpc";
    static constexpr std::string_view kCodeStem = "InvalidVpcID";
    static constexpr std::string_view kNoun = "vpc ID";
};
struct SubnetTag {
    static constexpr std::string_view kPrefix = "subnet";
    static constexpr std::string_view kCodeStem = "InvalidSubnetID";
    static constexpr std::string_view kNoun = "subnet ID";
};
struct SecurityGroupTag {
    static constexpr std::string_view kPrefix = "sg";
    static constexpr std::string_view kCodeStem = "InvalidGroup";
    static constexpr std::string_view kNoun = "security group";
};
struct NetworkInterfaceTag {
    static constexpr std::string_view kPrefix = "eni";
    static constexpr std::string_view kCodeStem = "InvalidNetworkInterfaceID";
    static constexpr std::string_view kNoun = "network interface ID";
};
struct NetworkInterfaceAttachmentTag {
    static constexpr std::string_view kPrefix = "eni-attach";
    static constexpr std::string_view kCodeStem = "InvalidAttachmentID";
    static constexpr std::string_view kNoun = "attachment ID";
};

using ImageId = Id<ImageTag>;
using SnapshotId = Id<SnapshotTag>;
using VolumeId = Id<VolumeTag>;
using InstanceId = Id<InstanceTag>;
using ReservationId = Id<ReservationTag>;
using VpcId = Id<VpcTag>;
using SubnetId = Id<SubnetTag>;
using SecurityGroupId = Id<SecurityGroupTag>;
using NetworkInterfaceId = Id<NetworkInterfaceTag>;
using NetworkInterfaceAttachmentId = Id<NetworkInterfaceAttachmentTag>;

/// Whether `text` is `prefix`, a hyphen and 8 or 17 lower-case hex digits.
bool has_id_shape(std::string_view text, std::string_view prefix);

template <class Tag>
std::optional<Id<Tag>> Id<Tag>::from_text(std::string_view text)
{
    if (!has_id_shape(text, Tag::kPrefix)) {
        return std::nullopt;
    }
    return Id(std::string(text));
}

}  // namespace amilab
