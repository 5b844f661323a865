#include "storage/metadata/settings/ebs_encryption_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

EbsEncryptionRow select_ebs_encryption(Database& db, std::string_view owner,
                                       std::string_view region)
{
    Statement select(db,
                     "SELECT by_default, kms_key_id FROM ebs_encryption"
                     " WHERE owner = ?1 AND region = ?2");
    select.bind(owner, region);
    if (!select.step()) {
        return {};
    }
    auto row = select.row();
    const bool by_default = row.boolean();
    return {.by_default = by_default, .kms_key_id = row.optional_text()};
}

void set_ebs_encryption(Database& db, std::string_view owner, std::string_view region,
                        const EbsEncryptionRow& row)
{
    Statement(db,
              "INSERT INTO ebs_encryption (owner, region, by_default, kms_key_id)"
              " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (owner, region)"
              " DO UPDATE SET by_default = excluded.by_default, kms_key_id = excluded.kms_key_id")
        .execute(owner, region, row.by_default, row.kms_key_id);
}

}  // namespace amilab
