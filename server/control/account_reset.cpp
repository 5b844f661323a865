#include "server/control/account_reset.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/calls/layers.h"
#include "server/calls/object_files.h"
#include "server/calls/settle.h"
#include "server/compute/machines.h"
#include "server/control/bodies.h"
#include "server/wire/types.h"
#include "storage/metadata/layers/layer_report_rows.h"
#include "storage/metadata/settings/account_content_rows.h"
#include "storage/state/generation.h"

namespace amilab::control {

namespace json = boost::json;

namespace {

void remove_everything(Session& session)
{
    const auto& account = session.account();
    for (const auto& instance : select_live_instances_of(session.db(), account)) {
        tell_machines(session, &Machines::kill, instance);  // before its volumes go
    }
    const auto disks = select_disks_of(session.db(), account);
    delete_account_rows(session.db(), account);
    for (const auto& disk : disks) {
        end_exports(session, disk.id);
        drop_layer(session, disk.layer);
    }
    remove_object_files_later(session);
    session.settings().make_rows_of(session.db(), account);
}

}  // namespace

std::optional<std::string> parse_reset(const json::value& wanted)
{
    std::optional<std::string> account;
    for (const auto& [key, value] : require_object(wanted)) {
        if (key != "account") {
            refuse(fmt::format("unknown key \"{}\"; expected account", std::string_view(key)));
        }
        if (!value.is_string() || !wire::is_account_id(std::string(value.get_string()))) {
            refuse(fmt::format("account is {}; expected 12 digits", json::serialize(value)));
        }
        account = std::string(value.get_string());
    }
    return account;
}

void reset_account(Emulator& emulator, const std::string& account)
{
    const auto generation = emulator.data().current();
    const Caller caller{account, emulator.options().default_region, ""};
    with_reserve(*generation,
                 [&] { run_write(emulator.services(), *generation, caller, remove_everything); });
}

}  // namespace amilab::control
