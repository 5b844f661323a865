#include "storage/metadata/calls/client_token_rows.h"

#include "storage/metadata/instances/instance_state.h"
#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

constexpr auto kTokenColumns = columns<ClientTokenRow>(
    "client_token", "t", text<&ClientTokenRow::owner>("owner"),
    text<&ClientTokenRow::region>("region"), text<&ClientTokenRow::operation>("operation"),
    text<&ClientTokenRow::token>("token"), text<&ClientTokenRow::fingerprint>("fingerprint"),
    text<&ClientTokenRow::resource_id>("resource_id"), time<&ClientTokenRow::ends_ms>("ends_ms"));

constexpr auto kFirstEnded =
    sql("(owner, region, operation, token) IN"
        " (SELECT t.owner, t.region, t.operation, t.token FROM client_token t"
        "  WHERE t.ends_ms <= ? ORDER BY t.ends_ms LIMIT 1000)");
constexpr auto kHasLiveInstances =
    sql("EXISTS (SELECT 1 FROM instance i WHERE i.region = client_token.region"
        " AND i.owner = client_token.owner AND i.reservation_id = client_token.resource_id"
        " AND i.state <> ") +
    sql_word<InstanceStateName::kTerminated> + ")";

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

void end_launch_token(Database& db, const InstanceId& id, TimeMs ends_ms)
{
    static constexpr auto kLaunch = "'" + kLaunchOperation + "'";
    static constexpr auto kEnd =
        "UPDATE client_token SET ends_ms = ? FROM instance i WHERE i.id = ?"
        " AND client_token.owner = i.owner AND client_token.region = i.region"
        " AND client_token.operation IN (" +
        kLaunch + ", " + kLaunch +
        " || '/' || i.zone) AND client_token.token = i.client_token"
        " AND client_token.resource_id = i.reservation_id";
    Statement(db, kEnd).execute(ends_ms, id);
}

void delete_ended_tokens(Database& db, TimeMs now_ms)
{
    static constexpr auto kGoOn =
        "UPDATE client_token SET ends_ms = NULL WHERE " + kFirstEnded + " AND " + kHasLiveInstances;
    // The first are others now.
    static constexpr auto kDelete =
        "DELETE FROM client_token WHERE " + kFirstEnded + " AND NOT " + kHasLiveInstances;
    Statement(db, kGoOn).execute(now_ms);
    Statement(db, kDelete).execute(now_ms);
}

std::optional<TimeMs> read_earliest_token_end_ms(Database& db)
{
    Statement select(db, "SELECT MIN(ends_ms) FROM client_token WHERE ends_ms IS NOT NULL");
    select.bind();
    return select.values<std::optional<TimeMs>>().front();
}

}  // namespace amilab
