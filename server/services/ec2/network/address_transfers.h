#pragma once

#include "server/calls/family.h"
#include "storage/base/units.h"

namespace amilab::ec2 {

extern const Family kAddressTransfers;

// Source: EC2 API Reference, DescribeAddressTransfers (documented).
inline constexpr Delay kAddressTransferPending{"address-transfer.pending", 7 * kDayMs};
inline constexpr Delay kAddressTransferAccepted{"address-transfer.accepted", 14 * kDayMs};

inline constexpr Due kAddressTransferUnseen{"address-transfer-unseen"};

}  // namespace amilab::ec2
