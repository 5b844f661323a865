#pragma once

#include <optional>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/key_pairs/key_pair_rows.h"

namespace amilab::ec2 {

extern const Family kInstanceConsoles;

/// A Windows instance has a password, for who holds its key pair's private key, once this is over.
inline constexpr Delay kInstancePassword{"instance.password"};

/// Makes the password of a Windows instance's administrator; nothing for other platforms, and for
/// one without a key pair.
void make_password(Session& session, const InstanceRow& row,
                   const std::optional<KeyPairRow>& key_pair);

}  // namespace amilab::ec2
