#include <memory>
#include <string>

#include <fmt/format.h>

#include "server/cli/command_table.h"
#include "server/cli/commands.h"
#include "server/cli/options.h"
#include "server/cli/wrong_option.h"
#include "storage/base/units.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab::cli {

namespace {

template <class Options>
void add_format(DeclaredCommand& command, Options& options)
{
    command
        .option("--format", options.format,
                "Format of the file; else what its name ends with, else raw. All but raw need "
                "qemu-img")
        .value_name("FORMAT")
        .one_of({"raw", "qcow2", "vmdk", "vhd", "vhdx"});
}

}  // namespace

void declare_import(DeclaredCommand& command)
{
    const auto kept = std::make_shared<ImportOptions>();
    auto& options = *kept;
    const auto& file = command.option("FILE", options.file, "Disk image; - reads standard input");
    const auto& from_dir =
        command
            .option("--from-dir", options.from_dir,
                    "Instead of FILE: a folder, of which mke2fs makes an ext4 file system")
            .value_name("DIR")
            .check(check_folder);
    command
        .option("--size-gib", options.size_gib,
                "Size of the file system made of --from-dir; else as large as it needs")
        .value_name("N")
        .needs(from_dir)
        .between(1, static_cast<int>(kLargestVolumeGib));
    add_format(command, options);
    command.option("--name", options.name, "Name of the image").value_name("NAME").required();
    command.option("--description", options.description, "Description of the image")
        .value_name("TEXT");
    command.option("--architecture", options.architecture, "x86_64, arm64 or i386")
        .value_name("NAME")
        .shows_default()
        .one_of({"x86_64", "arm64", "i386", "x86_64_mac", "arm64_mac"});
    command.option("--boot-mode", options.boot_mode, "legacy-bios, uefi or uefi-preferred")
        .value_name("MODE")
        .one_of({"legacy-bios", "uefi", "uefi-preferred"});
    command.option("--root-device", options.root_device, "Name of the root device")
        .value_name("NAME")
        .shows_default();
    add_place(command, options);
    command.runs([kept, &file, &from_dir] {
        if (file.is_given() == from_dir.is_given()) {
            throw WrongOption(file.is_given() ? "FILE and --from-dir cannot go together"
                                              : "one of FILE and --from-dir is required");
        }
        return import_disk(*kept);
    });
}

void declare_export(DeclaredCommand& command)
{
    const auto kept = std::make_shared<ExportOptions>();
    auto& options = *kept;
    command
        .option("ID", options.id,
                fmt::format("{}-..., {}-... or {}-...", ImageTag::kPrefix, SnapshotTag::kPrefix,
                            VolumeTag::kPrefix))
        .required();
    command.option("FILE", options.file, "Where to; - writes standard output").required();
    add_format(command, options);
    add_place(command, options);
    command.runs([kept] { return export_disk(*kept); });
}

void declare_save(DeclaredCommand& command)
{
    const auto kept = std::make_shared<SaveOptions>();
    command.option("FILE", kept->file, "Where to; - writes standard output").required();
    command.footer(
        "amilab serve --from FILE begins with it. The server goes on meanwhile.\n"
        "An earlier save of that name is replaced when the new one is whole; any other\n"
        "file is left alone.");
    add_server(command, kept->server);
    add_data(command, kept->data);
    command.runs([kept] { return save(*kept); });
}

void declare_check(DeclaredCommand& command)
{
    const auto directory = std::make_shared<std::string>();
    const auto reads_data = std::make_shared<bool>(false);
    command.option("DIR", *directory, "What serve's --data names").required();
    command.flag("--data", *reads_data, "Also compare data with the checksums that there are");
    command.runs([directory, reads_data] { return check(*directory, *reads_data); });
}

void declare_space(DeclaredCommand& command)
{
    const auto kept = std::make_shared<SpaceOptions>();
    command.option("--account", kept->account, "Of this account alone")
        .value_name("ID")
        .check(check_account);
    add_server(command, kept->server);
    add_data(command, kept->data);
    command.runs([kept] { return space(*kept); });
}

void declare_cost(DeclaredCommand& command)
{
    const auto kept = std::make_shared<CostOptions>();
    auto& options = *kept;
    options.place.access_key = from_environment("AWS_ACCESS_KEY_ID");
    command
        .option("--account", options.place.account,
                "Account; else whose AWS_ACCESS_KEY_ID is at the server, else its default")
        .value_name("ID")
        .check(check_account);
    command.option("--region", options.place.region, "Only what is in this region")
        .value_name("NAME");
    command.flag("--json", options.as_json, "As the control API says it");
    command.footer(
        "Prices are AWS's public ones, of the pages and dates that stand below the sums.");
    add_server(command, options.server);
    add_data(command, options.data);
    command.runs([kept] { return cost(*kept); });
}

}  // namespace amilab::cli
