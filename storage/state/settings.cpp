#include "storage/state/settings.h"

#include "storage/metadata/regions/region_rows.h"
#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/sql/id_source.h"

namespace amilab {

void Settings::restore(Database& db)
{
    access_keys_.replace(select_access_keys(db));
    opted_out_ = any_opted_out(db);
    regions_ = select_region_names(db);
    page_token_key_ = IdSource::key_for(db, "page tokens");
}

void Settings::make_rows_of(Database& db, std::string_view account) const
{
    if (catalogue_.make_rows) {
        catalogue_.make_rows(db, account);
    }
}

}  // namespace amilab
