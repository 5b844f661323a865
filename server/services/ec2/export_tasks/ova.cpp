#include "server/services/ec2/export_tasks/ova.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

namespace amilab::ec2 {

namespace {

constexpr std::size_t kSizeAt = 124;
constexpr std::size_t kSizeBytes = 12;
constexpr std::size_t kSumAt = 148;
constexpr std::size_t kSumBytes = 8;
constexpr std::uint64_t kMostOctal = std::uint64_t{1} << 33U;

void put(std::span<std::byte> out, std::size_t at, std::string_view text)
{
    std::memcpy(out.data() + at, text.data(), text.size());
}

void put_size(std::span<std::byte> out, std::uint64_t size_bytes)
{
    if (size_bytes < kMostOctal) {
        put(out, kSizeAt, fmt::format("{:011o}", size_bytes));
        return;
    }
    out[kSizeAt] = std::byte{0x80};
    for (std::size_t i = 0; i < sizeof(size_bytes); ++i) {
        out[kSizeAt + kSizeBytes - 1 - i] = static_cast<std::byte>(size_bytes >> (8 * i));
    }
}

pugi::xml_node add(pugi::xml_node to, const char* name, const std::string& text = {})
{
    auto node = to.append_child(name);
    if (!text.empty()) {
        node.text().set(text.c_str());
    }
    return node;
}

/// A piece of hardware: its number, what it is, and where it hangs.
pugi::xml_node add_item(pugi::xml_node hardware, int id, const char* type, const char* name)
{
    auto item = add(hardware, "Item");
    add(item, "rasd:ElementName", name);
    add(item, "rasd:InstanceID", std::to_string(id));
    add(item, "rasd:ResourceType", type);
    return item;
}

void add_hardware(pugi::xml_node system)
{
    auto hardware = add(system, "VirtualHardwareSection");
    add(hardware, "Info", "Virtual hardware");
    add(add_item(hardware, 1, "3", "1 virtual CPU"), "rasd:VirtualQuantity", "1");
    auto memory = add_item(hardware, 2, "4", "1024 MB of memory");
    add(memory, "rasd:AllocationUnits", "byte * 2^20");
    add(memory, "rasd:VirtualQuantity", "1024");
    add(add_item(hardware, 3, "6", "SCSI controller"), "rasd:ResourceSubType", "lsilogic");
    auto disk = add_item(hardware, 4, "17", "Hard disk 1");
    add(disk, "rasd:AddressOnParent", "0");
    add(disk, "rasd:HostResource", "ovf:/disk/vmdisk1");
    add(disk, "rasd:Parent", "3");
}

}  // namespace

std::array<std::byte, kTarBlockBytes> tar_header(std::string_view name, std::uint64_t size_bytes)
{
    constexpr std::size_t kNameBytes = 100;
    std::array<std::byte, kTarBlockBytes> header{};
    put(header, 0, name.substr(0, kNameBytes));
    put(header, 100, "0000644");
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put_size(header, size_bytes);
    put(header, 136, "00000000000");
    std::fill_n(header.begin() + kSumAt, kSumBytes, std::byte{' '});
    put(header, 156, "0");
    put(header, 257, std::string_view("ustar\00000", 8));
    std::uint64_t sum = 0;
    for (const auto byte : header) {
        sum += std::to_integer<std::uint64_t>(byte);
    }
    put(header, kSumAt, fmt::format("{:06o}", sum));
    header[kSumAt + 6] = std::byte{0};
    return header;
}

std::string ovf_document(std::string_view machine, const OvaDisk& disk)
{
    pugi::xml_document document;
    auto envelope = add(document, "Envelope");
    envelope.append_attribute("xmlns") = "http://schemas.dmtf.org/ovf/envelope/1";
    envelope.append_attribute("xmlns:ovf") = "http://schemas.dmtf.org/ovf/envelope/1";
    envelope.append_attribute("xmlns:rasd") =
        "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData";
    auto file = add(add(envelope, "References"), "File");
    file.append_attribute("ovf:href") = disk.name.c_str();
    file.append_attribute("ovf:id") = "file1";
    file.append_attribute("ovf:size") = std::to_string(disk.file_bytes).c_str();
    auto disks = add(envelope, "DiskSection");
    add(disks, "Info", "Virtual disks");
    auto one = add(disks, "Disk");
    one.append_attribute("ovf:capacity") = std::to_string(disk.disk_bytes).c_str();
    one.append_attribute("ovf:diskId") = "vmdisk1";
    one.append_attribute("ovf:fileRef") = "file1";
    one.append_attribute("ovf:format") =
        "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized";
    auto system = add(envelope, "VirtualSystem");
    system.append_attribute("ovf:id") = std::string(machine).c_str();
    add(system, "Info", "A virtual machine");
    add_hardware(system);
    std::ostringstream text;
    document.save(text, "  ");
    return text.str();
}

}  // namespace amilab::ec2
