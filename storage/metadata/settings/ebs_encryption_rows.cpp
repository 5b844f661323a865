#include "storage/metadata/settings/ebs_encryption_rows.h"

#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

constexpr auto kColumns = columns<EbsEncryptionRow>(
    "ebs_encryption", "e", text<&EbsEncryptionRow::owner>("owner"),
    text<&EbsEncryptionRow::region>("region"), flag<&EbsEncryptionRow::by_default>("by_default"),
    text<&EbsEncryptionRow::kms_key_id>("kms_key_id"));

}  // namespace

EbsEncryptionRow select_ebs_encryption(Database& db, std::string_view owner,
                                       std::string_view region)
{
    const EbsEncryptionRow never_set{.owner = std::string(owner), .region = std::string(region)};
    return select_row<kColumns>(db, "FROM ebs_encryption e WHERE e.owner = ? AND e.region = ?",
                                owner, region)
        .value_or(never_set);
}

void put_ebs_encryption(Database& db, const EbsEncryptionRow& row)
{
    put_row<kColumns>(db, row);
}

}  // namespace amilab
