#include "server/services/ec2/settings/serial_console_access.h"

#include "server/services/ec2/common/describe.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/settings/serial_console_access.h"
#include "storage/metadata/settings/account_rows.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kSetting = "serial-console-access";
constexpr std::string_view kEnabled = "enabled";
constexpr std::string_view kDisabled = "disabled";

bool set_access(Session& session, bool is_enabled)
{
    write_account_setting(session.db(), session.account(), session.region(), kSetting,
                          is_enabled ? kEnabled : kDisabled);
    return is_enabled;
}

}  // namespace

// Source: EC2 API Reference, EnableSerialConsoleAccess and its siblings: disabled by default
// (documented).
EnableSerialConsoleAccessResponse enable_serial_console_access(
    Session& session, const EnableSerialConsoleAccessRequest& request)
{
    stop_if_dry_run(request);
    return {.serial_console_access_enabled = set_access(session, true)};
}

DisableSerialConsoleAccessResponse disable_serial_console_access(
    Session& session, const DisableSerialConsoleAccessRequest& request)
{
    stop_if_dry_run(request);
    return {.serial_console_access_enabled = set_access(session, false)};
}

GetSerialConsoleAccessStatusResponse get_serial_console_access_status(
    Session& session, const GetSerialConsoleAccessStatusRequest& request)
{
    stop_if_dry_run(request);
    const auto held =
        select_account_setting(session.db(), session.account(), session.region(), kSetting);
    return {.managed_by = "account", .serial_console_access_enabled = held == kEnabled};
}

namespace {

constexpr Operation kOperations[] = {
    write<enable_serial_console_access>(kEnableSerialConsoleAccess),
    write<disable_serial_console_access>(kDisableSerialConsoleAccess),
    read<get_serial_console_access_status>(kGetSerialConsoleAccessStatus),
};

}  // namespace

constinit const Family kSerialConsoleAccess{.operations = kOperations};

}  // namespace amilab::ec2
