#include "storage/metadata/network/flow_log_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::int64_t count_flow_logs(Database& db, std::string_view resource_id)
{
    Statement select(db, "SELECT COUNT(*) FROM flow_log WHERE resource_id = ?");
    select.bind(resource_id);
    select.step();
    return select.row().integer();
}

}  // namespace amilab
