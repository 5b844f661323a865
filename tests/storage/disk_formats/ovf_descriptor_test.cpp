#include "storage/disk_formats/ovf_descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/disk_images.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Why it is refused; empty when it is read.
std::string refusal(const std::string& text)
{
    try {
        parse_ovf(text);
        return {};
    } catch (const DiskImageError& error) {
        EXPECT_EQ(error.fault(), DiskImageFault::kArchive);
        return error.what();
    }
}

/// A descriptor of one disk with something else in it.
std::string ovf_with(const std::string& from, const std::string& to)
{
    auto text = ovf_of({"a.vmdk"});
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

DiskFileFormat format_of(std::string_view address)
{
    return parse_ovf(ovf_of({"a"}, address)).at(0).format;
}

TEST(OvfDescriptor, NamesItsDisksInTheirOrder)
{
    const auto disks = parse_ovf(ovf_of({"b.vmdk", "./a.vmdk"}));
    ASSERT_EQ(disks.size(), 2U);
    EXPECT_EQ(disks[0].file_name, "b.vmdk");
    EXPECT_EQ(disks[1].file_name, "a.vmdk");
    EXPECT_EQ(disks[0].format, DiskFileFormat::kVmdk);
    EXPECT_EQ(disks[0].file_bytes, std::nullopt);
    EXPECT_EQ(
        parse_ovf(ovf_with("ovf:id=\"file1\"", "ovf:id=\"file1\" ovf:size=\"7\"")).at(0).file_bytes,
        7U);
}

TEST(OvfDescriptor, TakesNamesWithAndWithoutAPrefix)
{
    const auto text = R"(<o:Envelope><o:References><o:File id="f" href="a"/></o:References>)"
                      R"(<o:DiskSection><o:Disk o:fileRef="f" o:format="x/vmdk"/></o:DiskSection>)"
                      R"(<o:VirtualSystemCollection><o:VirtualSystem/></o:VirtualSystemCollection>)"
                      R"(</o:Envelope>)";
    EXPECT_EQ(parse_ovf(text).at(0).file_name, "a");
}

TEST(OvfDescriptor, KnowsFormatsByTheirAddresses)
{
    for (const auto* address :
         {"http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized",
          "http://www.vmware.com/specifications/vmdk.html#sparse"}) {
        EXPECT_EQ(format_of(address), DiskFileFormat::kVmdk);
    }
    for (const auto* address :
         {"http://www.microsoft.com/technet/virtualserver/downloads/vhdspec.mspx",
          "http://technet.microsoft.com/en-us/virtualserver/bb676673.aspx", "VHD"}) {
        EXPECT_EQ(format_of(address), DiskFileFormat::kVhd);
    }
    EXPECT_EQ(format_of("vhdx"), DiskFileFormat::kVhdx);
    EXPECT_EQ(format_of("raw"), DiskFileFormat::kRaw);
    EXPECT_EQ(refusal(ovf_of({"a"}, "http://www.gnome.org/~markmc/qcow-image-format.html")),
              "disk format 'http://www.gnome.org/~markmc/qcow-image-format.html' is not supported");
    EXPECT_EQ(refusal(ovf_of({"a"}, "")), "disk format '' is not supported");
    EXPECT_THAT(refusal(ovf_of({"a"}, "drawing")), HasSubstr("is not supported"));
    EXPECT_EQ(refusal(ovf_of({"a"}, "http://www.ecma-international.org/Ecma-119.htm")),
              "the OVF describes no disk")
        << "an optical disc";
}

TEST(OvfDescriptor, RefusesFilesThatAreNotWhole)
{
    const auto with = [](const std::string& attribute) {
        return refusal(ovf_with("ovf:id=\"file1\"", "ovf:id=\"file1\" " + attribute));
    };
    EXPECT_EQ(with("ovf:chunkSize=\"7\""), "OVA with chunked disk files is not supported");
    EXPECT_EQ(with("ovf:compression=\"gzip\""), "file 'a.vmdk' is compressed");
    EXPECT_THAT(with("ovf:compression=\"identity\""), IsEmpty());
    EXPECT_EQ(with("ovf:size=\"18446744073709551616\""), "file 'a.vmdk' has an impossible size");
    EXPECT_EQ(with("ovf:size=\"-1\""), "file 'a.vmdk' has an impossible size");
}

TEST(OvfDescriptor, RefusesDisksWithoutAFileOfTheirOwn)
{
    EXPECT_EQ(refusal(ovf_with("ovf:fileRef=\"file1\"", "")), "disk 'd1' has no file");
    EXPECT_EQ(refusal(ovf_with("ovf:fileRef=\"file1\"", "ovf:fileRef=\"x\"")),
              "disk 'd1' is of an unknown file");
    EXPECT_EQ(refusal(ovf_with("ovf:capacity=\"1\"", "ovf:parentRef=\"d0\"")),
              "disk 'd1' is a difference to another disk");
    EXPECT_EQ(refusal(ovf_of({"a.vmdk", "a.vmdk"})), "two disks are of the file 'a.vmdk'");
    EXPECT_EQ(refusal(ovf_with("</References>", R"(<File ovf:id="file1"/></References>)")),
              "two files have the id 'file1'");
    EXPECT_EQ(refusal(ovf_of({})), "the OVF describes no disk");
}

TEST(OvfDescriptor, RefusesOtherThanOneMachine)
{
    const std::string machine = "<VirtualSystem ovf:id=\"vm\"/>";
    EXPECT_EQ(refusal(ovf_with(machine, "")), "the OVF describes no virtual machine");
    const std::string several[] = {
        machine + machine,
        "<VirtualSystemCollection>" + machine + machine + "</VirtualSystemCollection>",
        "<VirtualSystemCollection><VirtualSystemCollection/></VirtualSystemCollection>"};
    for (const auto& machines : several) {
        EXPECT_EQ(refusal(ovf_with(machine, machines)),
                  "OVA with multiple virtual machines is not supported");
    }
}

TEST(OvfDescriptor, RefusesWhatIsNoDescriptor)
{
    for (const auto* text : {"", "no", "<Envelope>", "<a", "\xff\xfe<\0"}) {
        EXPECT_EQ(refusal(text), "the OVF is no XML document") << text;
    }
    EXPECT_EQ(refusal("<html/>"), "the OVF is no OVF document");
}

TEST(OvfDescriptor, ExpandsNoEntities)
{
    std::string bomb = "<!DOCTYPE Envelope [<!ENTITY a \"aaaaaaaaaa\">";
    for (char name = 'b'; name <= 'z'; ++name) {
        bomb += std::string("<!ENTITY ") + name + " \"";
        for (int i = 0; i < 10; ++i) {
            bomb += std::string("&") + static_cast<char>(name - 1) + ';';
        }
        bomb += "\">";
    }
    bomb += "<!ENTITY file SYSTEM \"file:///etc/passwd\">]>";
    const auto with = [&](const std::string& name) {
        const auto text = ovf_of({name});
        return bomb + text.substr(text.find("?>") + 2);
    };
    EXPECT_EQ(parse_ovf(with("&z;")).at(0).file_name, "&z;");
    EXPECT_EQ(parse_ovf(with("&file;")).at(0).file_name, "&file;");
    EXPECT_EQ(parse_ovf(with("a&amp;b")).at(0).file_name, "a&b");
}

TEST(OvfDescriptor, MessagesShowNamesThatArePrintable)
{
    const auto why = refusal(ovf_of({"a"}, "\x01\xc3\xa4" + std::string(1000, 'x')));
    EXPECT_EQ(why.find('\x01'), std::string::npos);
    EXPECT_LT(why.size(), 300U);
}

TEST(OvfDescriptor, TakesElementsThatLieDeepInOneAnother)
{
    constexpr int kDeep = 100'000;
    std::string deep;
    for (int i = 0; i < kDeep; ++i) {
        deep += "<a>";
    }
    for (int i = 0; i < kDeep; ++i) {
        deep += "</a>";
    }
    EXPECT_THAT(refusal(ovf_with("</Envelope>", deep + "</Envelope>")), IsEmpty());
}

}  // namespace
}  // namespace amilab::test
