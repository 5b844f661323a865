#include "storage/metadata/calls/client_token_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<ClientTokenRow> select_client_token(Database& db, std::string_view owner,
                                                  std::string_view region,
                                                  std::string_view operation,
                                                  std::string_view token)
{
    Statement select(db,
                     "SELECT fingerprint, resource_id FROM client_token"
                     " WHERE owner = ?1 AND region = ?2 AND operation = ?3 AND token = ?4");
    select.bind(owner, region, operation, token);
    if (!select.step()) {
        return std::nullopt;
    }
    auto row = select.row();
    auto fingerprint = row.text();
    return ClientTokenRow{std::move(fingerprint), row.text()};
}

void insert_client_token(Database& db, std::string_view owner, std::string_view region,
                         std::string_view operation, std::string_view token,
                         const ClientTokenRow& row)
{
    Statement(db,
              "INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .execute(owner, region, operation, token, row.fingerprint, row.resource_id);
}

}  // namespace amilab
