#pragma once

#include <string_view>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/key_pairs/key_pair_rows.h"

/// Key pairs: their public halves. Private ones are in one answer and nowhere else.
namespace amilab::ec2 {

extern const Family kKeyPairs;

/// The caller's key pair of that name. Throws InvalidKeyPair.NotFound.
KeyPairRow require_key_pair(Session& session, std::string_view name);

}  // namespace amilab::ec2
