#pragma once

#include "storage/base/ids.h"

namespace amilab {

struct VpcTag {
    static constexpr std::string_view kPrefix = "vpc";
    static constexpr std::string_view kResourceType = "vpc";
    static constexpr std::string_view kMalformed = "InvalidVpcID.Malformed";
};
struct SubnetTag {
    static constexpr std::string_view kPrefix = "subnet";
    static constexpr std::string_view kResourceType = "subnet";
    static constexpr std::string_view kMalformed = "InvalidSubnetID.Malformed";
};
struct SecurityGroupTag {
    static constexpr std::string_view kPrefix = "sg";
    static constexpr std::string_view kResourceType = "security-group";
    static constexpr std::string_view kMalformed = "InvalidGroupId.Malformed";
};
struct NetworkInterfaceTag {
    static constexpr std::string_view kPrefix = "eni";
    static constexpr std::string_view kResourceType = "network-interface";
};
struct NetworkInterfaceAttachmentTag {
    static constexpr std::string_view kPrefix = "eni-attach";
};

using VpcId = Id<VpcTag>;
using SubnetId = Id<SubnetTag>;
using SecurityGroupId = Id<SecurityGroupTag>;
using NetworkInterfaceId = Id<NetworkInterfaceTag>;
using NetworkInterfaceAttachmentId = Id<NetworkInterfaceAttachmentTag>;

}  // namespace amilab
