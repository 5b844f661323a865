#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/sql/database.h"

namespace amilab {

/// What an account has settled for new volumes and copies in a region.
struct EbsEncryptionRow {
    std::string owner{};
    std::string region{};
    bool by_default = false;
    /// An ARN; nothing: AWS's own key.
    std::optional<std::string> kms_key_id{};
};

/// What holds, whether anything was ever settled or not.
EbsEncryptionRow select_ebs_encryption(Database& db, std::string_view owner,
                                       std::string_view region);
void put_ebs_encryption(Database& db, const EbsEncryptionRow& row);

}  // namespace amilab
