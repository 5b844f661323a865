#include "server/services/rbin/operations.h"

#include "server/services/rbin/rules.h"
#include "server/services/rbin/tags.h"
#include "server/wire/json.h"
#include "server/wire/rbin/schema.h"

namespace amilab::rbin {

namespace {

constexpr Operation kOperations[] = {
    write<create_rule>("CreateRule"),
    write_to_free<delete_rule>("DeleteRule"),
    read<get_rule>("GetRule"),
    read<list_rules>("ListRules"),
    read<list_tags_for_resource>("ListTagsForResource"),
    write<lock_rule>("LockRule"),
    write<tag_resource>("TagResource"),
    write<unlock_rule>("UnlockRule"),
    write_to_free<untag_resource>("UntagResource"),
    write<update_rule>("UpdateRule"),
};

}  // namespace

const Service& service()
{
    static const Service service{kService, kOperations};
    return service;
}

}  // namespace amilab::rbin
