#include <memory>
#include <string>

#include "server/cli/command_table.h"
#include "server/cli/commands.h"
#include "server/cli/options.h"
#include "storage/base/units.h"

namespace amilab::cli {

namespace {

template <class Options>
void add_format(CLI::App& command, Options& options)
{
    command
        .add_option("--format", options.format,
                    "Format of the file; else what its name ends with, else raw. All but raw need "
                    "qemu-img")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"raw", "qcow2", "vmdk", "vhd", "vhdx"}));
}

}  // namespace

void declare_import(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<ImportOptions>();
    auto& options = *kept;
    auto* file = command.add_option("FILE", options.file, "Disk image; - reads standard input")
                     ->type_name("");
    auto* from_dir =
        command
            .add_option("--from-dir", options.from_dir,
                        "Instead of FILE: a folder, of which mke2fs makes an ext4 file system")
            ->type_name("DIR")
            ->check(check_folder);
    command
        .add_option("--size-gib", options.size_gib,
                    "Size of the file system made of --from-dir; else as large as it needs")
        ->type_name("N")
        ->needs(from_dir)
        ->check(between(1, static_cast<int>(kLargestVolumeGib)));
    add_format(command, options);
    command.add_option("--name", options.name, "Name of the image")->type_name("NAME")->required();
    command.add_option("--description", options.description, "Description of the image")
        ->type_name("TEXT");
    command.add_option("--architecture", options.architecture, "x86_64, arm64 or i386")
        ->type_name("NAME")
        ->capture_default_str()
        ->check(CLI::IsMember({"x86_64", "arm64", "i386", "x86_64_mac", "arm64_mac"}));
    command.add_option("--boot-mode", options.boot_mode, "legacy-bios, uefi or uefi-preferred")
        ->type_name("MODE")
        ->check(CLI::IsMember({"legacy-bios", "uefi", "uefi-preferred"}));
    command.add_option("--root-device", options.root_device, "Name of the root device")
        ->type_name("NAME")
        ->capture_default_str();
    add_place(command, options);
    command.callback([kept, file, from_dir, &exit_code] {
        if (file->empty() == from_dir->empty()) {
            throw CLI::ValidationError(file->empty() ? "one of FILE and --from-dir is required"
                                                     : "FILE and --from-dir cannot go together");
        }
        exit_code = import_disk(*kept);
    });
}

void declare_export(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<ExportOptions>();
    auto& options = *kept;
    command.add_option("ID", options.id, "ami-..., snap-... or vol-...")->type_name("")->required();
    command.add_option("FILE", options.file, "Where to; - writes standard output")
        ->type_name("")
        ->required();
    add_format(command, options);
    add_place(command, options);
    command.callback([kept, &exit_code] { exit_code = export_disk(*kept); });
}

void declare_save(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<SaveOptions>();
    command.add_option("FILE", kept->file, "Where to; - writes standard output")
        ->type_name("")
        ->required();
    command.footer("amilab serve --from FILE begins with it. The server goes on meanwhile.");
    add_server(command, kept->server);
    add_data(command, kept->data);
    command.callback([kept, &exit_code] { exit_code = save(*kept); });
}

void declare_check(CLI::App& command, int& exit_code)
{
    const auto directory = std::make_shared<std::string>();
    const auto reads_data = std::make_shared<bool>(false);
    command.add_option("DIR", *directory, "What serve's --data names")->type_name("")->required();
    command.add_flag("--data", *reads_data, "Also compare data with the checksums that there are");
    command.callback(
        [directory, reads_data, &exit_code] { exit_code = check(*directory, *reads_data); });
}

void declare_space(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<SpaceOptions>();
    command.add_option("--account", kept->account, "Of this account alone")
        ->type_name("ID")
        ->check(check_account);
    add_server(command, kept->server);
    add_data(command, kept->data);
    command.callback([kept, &exit_code] { exit_code = space(*kept); });
}

void declare_cost(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<CostOptions>();
    auto& options = *kept;
    options.place.access_key = from_environment("AWS_ACCESS_KEY_ID");
    command
        .add_option("--account", options.place.account,
                    "Account; else whose AWS_ACCESS_KEY_ID is at the server, else its default")
        ->type_name("ID")
        ->check(check_account);
    command.add_option("--region", options.place.region, "Only what is in this region")
        ->type_name("NAME");
    command.add_flag("--json", options.as_json, "As the control API says it");
    command.footer(
        "Prices are AWS's public ones, of the pages and dates that stand below the sums.");
    add_server(command, options.server);
    add_data(command, options.data);
    command.callback([kept, &exit_code] { exit_code = cost(*kept); });
}

}  // namespace amilab::cli
