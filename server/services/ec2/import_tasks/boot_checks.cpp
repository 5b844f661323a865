#include "server/services/ec2/import_tasks/boot_checks.h"

#include "storage/metadata/images/image_words.h"

namespace amilab::ec2 {

namespace {

bool starts_by_uefi(const DiskContent& content, const ImportImageTaskRow& wanted)
{
    if (wanted.boot_mode) {
        return *wanted.boot_mode == BootMode::kUefi;
    }
    return content.has_efi_system && !content.has_boot_code;
}

}  // namespace

// Source: the first two and the last are AWS's (documented, and observed); that a partition which
// is encrypted as a whole is refused is documented, the other texts are assumed.
std::optional<std::string> why_not_bootable(const DiskContent& content,
                                            const ImportImageTaskRow& wanted)
{
    if (!content.has_partitions) {
        return "ClientError: No valid partitions. Not a valid volume.";
    }
    if (content.is_encrypted) {
        return "ClientError: Unsupported configuration - Encrypted volumes are not supported.";
    }
    if (starts_by_uefi(content, wanted) ? !content.has_efi_system : !content.has_boot_code) {
        return "ClientError: No bootable partition found.";
    }
    if (!content.has_unix_files && !content.has_windows_files) {
        return "ClientError: Unknown OS / Missing OS files.";
    }
    return std::nullopt;
}

void complete_by_content(const DiskContent& content, ImportImageTaskRow& row)
{
    const bool is_windows = content.has_windows_files && !content.has_unix_files;
    row.boot_mode = text_of(starts_by_uefi(content, row) ? BootMode::kUefi : BootMode::kLegacyBios);
    row.architecture = row.architecture.value_or(std::string(text_of(Architecture::kX8664)));
    row.platform = row.platform.value_or(is_windows ? "Windows" : "Linux");
    // Source: AWS for Windows Server, BYOL for Linux (documented).
    row.license_type = row.license_type.value_or(row.platform == "Windows" ? "AWS" : "BYOL");
}

}  // namespace amilab::ec2
