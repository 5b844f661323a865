#pragma once

#include <string>
#include <string_view>

#include "storage/metadata/regions/partitions.h"
#include "storage/metadata/sql/sql_text.h"

/// Names that addresses have in the DNS, as SQL of `interface_address a` of `network_interface e`.
namespace amilab {

// Source: VPC User Guide, "DNS attributes" (documented).
inline constexpr auto kPrivateDnsDomain =
    sql("iif(e.region = 'us-east-1', '.ec2.internal', '.' || e.region || '.compute.internal')");
/// The domain of such names in a region, without the dot that it begins with in SQL.
inline std::string private_dns_domain(const std::string& region)
{
    return region == "us-east-1" ? "ec2.internal" : region + ".compute.internal";
}
inline constexpr auto kPrivateDnsName =
    "('ip-' || replace(a.address, '.', '-') || " + kPrivateDnsDomain + ")";
// A public address has a name in a VPC that resolves names and gives them to hosts, an empty one
// elsewhere.
inline constexpr auto kPublicDnsName =
    "iif(a.public_ip IS NULL OR (SELECT v.enable_dns_hostnames AND v.enable_dns_support FROM vpc v"
    " WHERE v.id = e.vpc_id), 'ec2-' || replace(a.public_ip, '.', '-') ||"
    " iif(e.region = 'us-east-1', '.compute-1', '.' || e.region || '.compute') || '.' || " +
    sql_domain(sql("e.region")) + ", '')";

}  // namespace amilab
