#include "server/services/ec2/export_tasks/ova.h"

#include <algorithm>
#include <cstring>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

namespace amilab::ec2 {

namespace {

constexpr std::uint64_t kMostOctal = std::uint64_t{1} << 33U;

void put(TarHeader& header, TarField field, std::string_view text)
{
    std::memcpy(header.data() + field.offset, text.data(), std::min(field.length, text.size()));
}

void put_size(TarHeader& header, std::uint64_t size_bytes)
{
    if (size_bytes < kMostOctal) {
        put(header, kTarSize, fmt::format("{:011o}", size_bytes));
        return;
    }
    header[kTarSize.offset] = std::byte{0x80};
    for (std::size_t i = 0; i < sizeof(size_bytes); ++i) {
        header[kTarSize.offset + kTarSize.length - 1 - i] =
            static_cast<std::byte>(size_bytes >> (8 * i));
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

TarHeader tar_header(std::string_view name, std::uint64_t size_bytes)
{
    TarHeader header{};
    put(header, kTarName, name);
    put(header, kTarMode, "0000644");
    put(header, kTarUser, "0000000");
    put(header, kTarGroup, "0000000");
    put_size(header, size_bytes);
    put(header, kTarTime, "00000000000");
    put(header, kTarType, "0");
    put(header, kTarMagic, std::string_view("ustar\00000", 8));
    // Six digits, a zero and a space.
    put(header, kTarSum, fmt::format("{:06o}{} ", tar_sum(header), '\0'));
    return header;
}

std::string ovf_document(std::string_view machine, const OvaDisk& disk)
{
    pugi::xml_document document;
    auto envelope = add(document.root(), "Envelope");
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
