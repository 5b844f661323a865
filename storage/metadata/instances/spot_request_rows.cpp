#include "storage/metadata/instances/spot_request_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<SpotRequestRow> select_spot_request(Database& db, const SpotRequestId& id)
{
    return select_row<kSpotRequestColumns>(db, "FROM spot_request s WHERE s.id = ?", id);
}

std::optional<SpotRequestRow> select_spot_request_of(Database& db, const InstanceId& instance)
{
    return select_row<kSpotRequestColumns>(
        db,
        "FROM spot_request s WHERE s.id ="
        " (SELECT o.spot_request_id FROM instance_option o WHERE o.instance_id = ?)",
        instance);
}

void update_spot_request(Database& db, const SpotRequestRow& row)
{
    Statement(db,
              "UPDATE spot_request SET state = ?, status_code = ?, status_message = ?,"
              " status_time_ms = ?, instance_id = ?, zone = ?, fault_code = ?, fault_message = ?"
              " WHERE id = ?")
        .execute(row.state, row.status_code, row.status_message, row.status_time_ms,
                 row.instance_id, row.zone, row.fault_code, row.fault_message, row.id);
}

std::vector<SpotRequestParameterRow> select_spot_request_parameters(
    Database& db, const std::vector<std::string>& requests)
{
    return select_rows<kSpotRequestParameterColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN spot_request_parameter x ON x.request_id = one.value"
        " ORDER BY x.request_id, x.path",
        json_list(requests));
}

}  // namespace amilab
