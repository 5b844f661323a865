#include "server/services/ec2/instances/instance_consoles.h"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/rand.h>

#include "server/calls/secrets.h"
#include "server/compute/machines.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/instances/host_keys.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/services/ec2/instances/instance_states.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/key_pairs/key_material.h"
#include "server/wire/ec2/instances/instance_consoles.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/instances/instance_console_rows.h"
#include "storage/metadata/instances/instance_option_rows.h"
#include "storage/metadata/key_pairs/key_pair_rows.h"
#include "storage/metadata/network/network_interface_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: EC2 User Guide, "Instance console output": the most recent 64 KB (documented).
constexpr std::size_t kMostConsoleBytes = std::size_t{64} * 1024;

/// What cloud-init runs of the user data, a line of output for each line of it.
std::string user_data_lines(const InstanceRow& row)
{
    const auto bytes = row.user_data ? wire::decode_base64(*row.user_data) : std::nullopt;
    std::string lines;
    for (std::string_view rest = bytes ? std::string_view(*bytes) : std::string_view();
         !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        lines += fmt::format("[    8.312614] cloud-init[1312]: {}\r\n", line);
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    return lines;
}

/// What the machine of an instance calls itself.
std::string host_of(Session& session, const InstanceId& id)
{
    const auto primary = select_primary_interface(session.db(), id);
    if (!primary) {
        return "localhost";
    }
    const auto addresses = select_interface_addresses(session.db(), {primary->id.text()});
    return host_name(select_instance_options(session.db(), id), *primary,
                     addresses.empty() ? "" : addresses.front().private_dns_name);
}

/// Host keys with their fingerprints, between the marks by which tools find them.
std::string host_key_lines(const InstanceId& id, std::string_view host)
{
    std::string fingerprints;
    std::string lines;
    for (const auto& key : host_keys_of(id)) {
        fingerprints += fmt::format("<14>ec2: {} {} root@{} ({})\r\n", key.bits, key.fingerprint,
                                    host, key.kind);
        lines += fmt::format("{} root@{}\r\n", key.line, host);
    }
    return fmt::format(
        "<14>ec2: \r\n"
        "<14>ec2: #############################################################\r\n"
        "<14>ec2: -----BEGIN SSH HOST KEY FINGERPRINTS-----\r\n"
        "{}"
        "<14>ec2: -----END SSH HOST KEY FINGERPRINTS-----\r\n"
        "<14>ec2: #############################################################\r\n"
        "-----BEGIN SSH HOST KEY KEYS-----\r\n"
        "{}"
        "-----END SSH HOST KEY KEYS-----\r\n",
        fingerprints, lines);
}

/// The SHA-256 of a key in hexadecimal, a colon between any two bytes.
std::string long_fingerprint(std::string_view base64)
{
    const auto digest = sha256(wire::decode_base64(base64).value_or(""));
    return fmt::format("{:02x}", fmt::join(std::as_bytes(std::span(digest)), ":"));
}

/// The text amid so many characters; an odd space is where Python's str.center has it.
std::string centred(std::string_view text, std::size_t width)
{
    const auto spaces = width - text.size();
    const auto before = spaces / 2 + (spaces & width & 1U);
    return std::string(before, ' ').append(text).append(spaces - before, ' ');
}

/// The table in which cloud-init shows the one key that may log in. Source: its module
/// ssh-authkey-fingerprints (documented).
std::string key_table(const KeyPairRow& pair)
{
    const auto type = pair.public_key.substr(0, pair.public_key.find(' '));
    const std::pair<std::string_view, std::string> columns[] = {
        {"Keytype", type},
        {"Fingerprint (sha256)", long_fingerprint(pair.public_key.substr(type.size() + 1))},
        {"Options", "-"},
        {"Comment", pair.name}};
    std::string rule = "+";
    std::string head = "|";
    std::string row = "|";
    for (const auto& [title, text] : columns) {
        const auto width = std::max(title.size(), text.size());
        rule += std::string(width + 2, '-') + "+";
        head += fmt::format(" {} |", centred(title, width));
        row += fmt::format(" {} |", centred(text, width));
    }
    constexpr std::string_view kTitle =
        "Authorized keys from /home/ec2-user/.ssh/authorized_keys for user ec2-user";
    return fmt::format(
        "ci-info: {0:+^{1}}\r\nci-info: {2}\r\nci-info: {3}\r\nci-info: {2}\r\n"
        "ci-info: {4}\r\nci-info: {2}\r\n",
        kTitle, rule.size(), rule, head, row);
}

/// What cloud-init tells of the keys that may log in; nothing of a pair that has been deleted
/// since.
std::string authorized_keys(Session& session, const InstanceRow& row)
{
    if (!row.key_name) {
        return "ci-info: no authorized SSH keys fingerprints found for user ec2-user.\r\n";
    }
    const auto pair = select_own<kKeyPairList, &KeyPairRow::name>(session.db(), row.owner,
                                                                  row.region, *row.key_name);
    return pair ? key_table(*pair) : "";
}

/// Source: what Amazon Linux 2023 writes, as far as tools read it (observed): the kernel,
/// cloud-init with its times, the host keys between their marks, and the prompt.
std::string linux_console(Session& session, const InstanceRow& row)
{
    const auto host = host_of(session, row.id);
    const auto began = fmt::gmtime(row.launch_time_ms / 1000);
    std::string text = fmt::format(
        "[    0.000000] Linux version 6.1.0 (amilab) {0}\r\n"
        "[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz root={1} console=tty0 "
        "console=ttyS0,115200n8\r\n"
        "[    7.904812] cloud-init[1290]: Cloud-init v. 22.2.2 running 'init' at "
        "{2:%a, %d %b %Y %H:%M:%S} +0000. Up 7.90 seconds.\r\n",
        row.architecture, row.root_device_name.value_or("/dev/xvda"), began);
    text += user_data_lines(row);
    text += authorized_keys(session, row);
    text += host_key_lines(row.id, host);
    text += fmt::format(
        "[    9.120031] cloud-init[1312]: Cloud-init v. 22.2.2 finished at "
        "{1:%a, %d %b %Y %H:%M:%S} +0000. Datasource DataSourceEc2.  Up 9.12 seconds\r\n"
        "\r\n{0} login: ",
        host, began);
    return text;
}

/// Source: the last three errors of the system's log (documented), of which there are none.
std::string windows_console(const InstanceRow& row)
{
    const auto began = fmt::gmtime(row.launch_time_ms / 1000);
    return fmt::format(
        "{0:%Y/%m/%d %H:%M:%S}Z: AMI Origin Version: amilab\r\n"
        "{0:%Y/%m/%d %H:%M:%S}Z: Message: Windows is Ready to use\r\n",
        began);
}

/// The end of a console's text that is longer than what is kept of one.
std::string most_recent(std::string text)
{
    text.erase(0, text.size() - std::min(text.size(), kMostConsoleBytes));
    return text;
}

/// What the machine has written, or would have; nothing before the instance runs.
std::string console_text(Session& session, const InstanceRow& row)
{
    if (auto written = machines_of(session).console_text(session.generation(), row.id)) {
        return std::move(*written);
    }
    if (row.state == InstanceStateName::kPending) {
        return "";
    }
    return row.platform == Platform::kWindows ? windows_console(row) : linux_console(session, row);
}

bool is_nitro(Session& session, const InstanceRow& row)
{
    const auto type = select_type_options(session.db(), row.instance_type);
    return type.bare_metal || type.hypervisor == TypeHypervisor::kNitro;
}

/// A screen of a text console, 720 by 400 points, all of them black: a JPEG of one quantum and two
/// tables of two codes, so that each block of 8 by 8 takes two bits.
/// Source: ISO/IEC 10918-1 (documented).
std::string black_screen()
{
    using namespace std::string_view_literals;
    constexpr std::size_t kZeroBytes = 1124;
    std::string jpeg("\xFF\xD8\xFF\xDB\x00\x43\x00"sv);
    jpeg.append(64, '\x01');
    jpeg += "\xFF\xC0\x00\x0B\x08\x01\x90\x02\xD0\x01\x01\x11\x00"sv;
    jpeg +=
        "\xFF\xC4\x00\x15\x00\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
        "\x00\x0B"sv;
    jpeg +=
        "\xFF\xC4\x00\x14\x10\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
        "\x00"sv;
    jpeg += "\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00\x9F\xF8"sv;
    jpeg.append(kZeroBytes, '\0');
    return jpeg += "\x0F\xFF\xD9"sv;
}

/// Source: an administrator's password of 32 characters (observed); OpenSSL's generator chooses.
std::string random_password()
{
    constexpr std::string_view kCharacters =
        "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#$%()*";
    static_assert(kCharacters.size() == 64);
    std::array<unsigned char, 32> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw std::runtime_error("OpenSSL has no random bytes");
    }
    std::string password;
    for (const auto byte : bytes) {
        password += kCharacters[byte % kCharacters.size()];
    }
    return password;
}

}  // namespace

void make_password(Session& session, const InstanceRow& row,
                   const std::optional<KeyPairRow>& key_pair)
{
    if (row.platform != Platform::kWindows || !key_pair) {
        return;
    }
    insert_row<kInstancePasswordColumns>(
        session.db(), {.instance_id = row.id,
                       .password_data = wire::encode_base64(
                           encrypted_to(key_pair->public_key, random_password())),
                       .available_ms = session.due_ms(kInstancePassword)});
}

// Source: EC2 API Reference, GetConsoleOutput (documented); "latest" of Nitro types alone
// (documented), its text is observed.
GetConsoleOutputResponse get_console_output(Session& session,
                                            const GetConsoleOutputRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    stop_if_dry_run(request);
    const auto row = require_instance(session, id);
    if (request.latest.value_or(false) && !is_nitro(session, row)) {
        throw unsupported(
            "This instance type does not support retrieving the latest console logs. Only "
            "instances "
            "built on the Nitro System do.");
    }
    GetConsoleOutputResponse answer;
    answer.instance_id = row.id.text();
    answer.timestamp = Timestamp{row.state_change_time_ms};
    const auto text = most_recent(console_text(session, row));
    if (!text.empty()) {
        answer.output = wire::encode_base64(text);
    }
    return answer;
}

// Source: EC2 API Reference, GetConsoleScreenshot: a JPG of a running instance (documented).
GetConsoleScreenshotResponse get_console_screenshot(Session& session,
                                                    const GetConsoleScreenshotRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    stop_if_dry_run(request);
    const auto row = require_instance(session, id);
    require_running(row);
    return {.image_data = wire::encode_base64(black_screen()), .instance_id = row.id.text()};
}

// Source: EC2 API Reference, GetPasswordData: empty until there is one (documented), and for what
// is not Windows (observed).
GetPasswordDataResponse get_password_data(Session& session, const GetPasswordDataRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    stop_if_dry_run(request);
    const auto row = require_instance(session, id);
    const auto password = select_instance_password(session.db(), row.id);
    GetPasswordDataResponse answer;
    answer.instance_id = row.id.text();
    answer.timestamp = Timestamp{row.state_change_time_ms};
    const bool is_available = password && session.now_ms() >= password->available_ms &&
                              row.state != InstanceStateName::kPending;
    answer.password_data = is_available ? password->password_data : "";
    return answer;
}

// Source: EC2 API Reference, SendDiagnosticInterrupt; EC2 User Guide: of instances of Nitro types
// that run (documented), the refusals are assumed. The system crashes and boots anew (documented).
SendDiagnosticInterruptResponse send_diagnostic_interrupt(
    Session& session, const SendDiagnosticInterruptRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    stop_if_dry_run(request);
    const auto row = require_instance(session, id);
    require_running(row);
    if (!is_nitro(session, row)) {
        throw unsupported("Only instances built on the Nitro System take diagnostic interrupts.");
    }
    reboot_instance(session, row.id);
    return {};
}

namespace {

constexpr Operation kOperations[] = {
    read<get_console_output>(kGetConsoleOutput),
    read<get_console_screenshot>(kGetConsoleScreenshot),
    read<get_password_data>(kGetPasswordData),
    write<send_diagnostic_interrupt>(kSendDiagnosticInterrupt),
};

constexpr Delay kDelays[] = {kInstancePassword};

}  // namespace

constinit const Family kInstanceConsoles{.operations = kOperations, .delays = kDelays};

}  // namespace amilab::ec2
