#include "server/services/ec2/common/bin.h"

#include "storage/base/units.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab::ec2 {

namespace {

// Source: the tag that AWS puts on what is in the bin (documented).
constexpr const char* kBinTagKey = "aws:recycle-bin:resource-in-bin";

}  // namespace

bool put_into_bin(Session& session, const BinKind& kind, const Deleted& deleted)
{
    const auto days = matching_retention_days(session.db(), deleted.owner, deleted.region,
                                              kind.of_rules, deleted.id);
    if (!days) {
        return false;
    }
    const auto exit_ms = session.now_ms() + *days * kDayMs;
    insert_recycled(session.db(), {.resource_id = std::string(deleted.id),
                                   .resource_type = kind.of_tags,
                                   .region = std::string(deleted.region),
                                   .owner = std::string(deleted.owner),
                                   .state = std::string(deleted.state),
                                   .enter_time_ms = session.now_ms(),
                                   .exit_time_ms = exit_ms});
    upsert_tags(session.db(), deleted.owner, deleted.region,
                {std::string(deleted.id), std::string(text_of(kind.of_tags))},
                {{kBinTagKey, "true"}});
    session.schedule_at(exit_ms, kRecycledGone, deleted.id);
    return true;
}

void take_out_of_bin(Session& session, const RecycledRow& row)
{
    // What else is under way goes on. The end of its time finds it gone from the bin.
    delete_tags(session.db(), row.owner, {row.resource_id}, {{kBinTagKey, {}}});
    delete_recycled(session.db(), row.resource_id);
}

}  // namespace amilab::ec2
