#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "storage/metadata/instances/instance_ids.h"

namespace amilab::ec2 {

/// A host key that stands for the machine of an instance: nobody has a private half of it.
struct HostKey {
    std::int64_t bits = 0;
    /// As fingerprints call it: RSA, ECDSA, ED25519.
    std::string kind{};
    /// "ssh-ed25519 AAAA...", without a comment.
    std::string line{};
    /// "SHA256:...".
    std::string fingerprint{};
};

/// The host keys that a machine makes at its first start, in the order in which cloud-init shows
/// them.
/// Source: ssh-keygen's kinds and lengths (observed); RFC 4253, 5656 and 8709 (documented).
std::array<HostKey, 3> host_keys_of(const InstanceId& id);

}  // namespace amilab::ec2
