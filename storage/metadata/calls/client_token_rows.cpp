#include "storage/metadata/calls/client_token_rows.h"

#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

constexpr auto kTokenColumns = columns<ClientTokenRow>(
    "client_token", "t", text<&ClientTokenRow::owner>("owner"),
    text<&ClientTokenRow::region>("region"), text<&ClientTokenRow::operation>("operation"),
    text<&ClientTokenRow::token>("token"), text<&ClientTokenRow::fingerprint>("fingerprint"),
    text<&ClientTokenRow::resource_id>("resource_id"));

}  // namespace

std::optional<ClientTokenRow> select_client_token(Database& db, std::string_view owner,
                                                  std::string_view region,
                                                  std::string_view operation,
                                                  std::string_view token)
{
    return select_row<kTokenColumns>(db,
                                     "FROM client_token t WHERE t.owner = ? AND t.region = ?"
                                     " AND t.operation = ? AND t.token = ?",
                                     owner, region, operation, token);
}

void insert_client_token(Database& db, const ClientTokenRow& row)
{
    insert_row<kTokenColumns>(db, row);
}

}  // namespace amilab
