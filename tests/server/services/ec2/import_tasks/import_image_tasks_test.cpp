#include "server/services/ec2/import_tasks/import_image_tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/import_tasks/import_world.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kItem = "importImageTaskSet/item/";

Parameters disk(int number, const std::string& key, const Parameters& more = {})
{
    const auto container = "DiskContainer." + std::to_string(number) + ".";
    Parameters parameters{{container + "UserBucket.S3Bucket", "disks"},
                          {container + "UserBucket.S3Key", key}};
    for (const auto& [name, value] : more) {
        parameters.emplace_back(container + name, value);
    }
    return parameters;
}

class ImportingImages : public ::testing::Test {
protected:
    ImportingImages() { world.put("disk", bootable_disk()); }

    std::string import(const Parameters& parameters)
    {
        return world.aws.must("ImportImage", parameters).text("importTaskId");
    }
    std::string shown(const std::string& task, const std::string& name)
    {
        return world.aws.must("DescribeImportImageTasks", {{"ImportTaskId.1", task}})
            .text(kItem + name);
    }
    std::string failure_of(const std::string& task)
    {
        EXPECT_EQ(shown(task, "status"), "deleted");
        EXPECT_THAT(shown(task, "imageId"), IsEmpty());
        EXPECT_EQ(world.layers(), 0U) << "nothing half made is left";
        return shown(task, "statusMessage");
    }
    std::string failure_of_disk(const std::string& bytes, const Parameters& more = {})
    {
        world.put("wrong", bytes);
        return failure_of(import(merged(disk(1, "wrong"), more)));
    }
    Answer image_of(const std::string& task)
    {
        return world.aws.must("DescribeImages", {{"ImageId.1", shown(task, "imageId")}});
    }

    ImportWorld world;
};

TEST_F(ImportingImages, AnswersATaskThatBegins)
{
    const auto made = world.aws.must(
        "ImportImage",
        merged(disk(1, "disk", {{"Description", "a disk"}, {"Format", "raw"}}),
               {{"Description", "mine"}, {"LicenseType", "BYOL"}, {"Hypervisor", "xen"}}));
    EXPECT_TRUE(ImportImageTaskId::from_text(made.text("importTaskId")));
    EXPECT_EQ(made.text("status"), "active");
    EXPECT_EQ(made.text("statusMessage"), "pending");
    EXPECT_EQ(made.text("progress"), "0");
    EXPECT_EQ(made.text("description"), "mine");
    EXPECT_EQ(made.text("licenseType"), "BYOL");
    EXPECT_EQ(made.text("hypervisor"), "xen");
    const std::string at = "snapshotDetailSet/item/";
    EXPECT_EQ(made.text(at + "description"), "a disk");
    EXPECT_EQ(made.text(at + "format"), "RAW");
    EXPECT_EQ(made.text(at + "diskImageSize"), "0");
    EXPECT_EQ(made.text(at + "userBucket/s3Key"), "disk");
}

TEST_F(ImportingImages, MakesAnImageOfTheObjectsBytes)
{
    const auto task = import(disk(1, "disk"));
    EXPECT_EQ(shown(task, "status"), "completed");
    EXPECT_THAT(shown(task, "progress"), IsEmpty());
    EXPECT_EQ(shown(task, "architecture"), "x86_64");
    EXPECT_EQ(shown(task, "platform"), "Linux");
    EXPECT_EQ(shown(task, "licenseType"), "BYOL");
    EXPECT_EQ(shown(task, "bootMode"), "legacy-bios");
    const auto image = image_of(task);
    const std::string at = "imagesSet/item/";
    EXPECT_EQ(image.text(at + "name"), task);
    EXPECT_EQ(image.text(at + "imageState"), "available");
    EXPECT_EQ(image.text(at + "rootDeviceName"), "/dev/sda1");
    EXPECT_EQ(image.text(at + "bootMode"), "legacy-bios");
    EXPECT_EQ(image.text(at + "blockDeviceMapping/item/ebs/volumeSize"), "1");
    const auto snapshot = shown(task, "snapshotDetailSet/item/snapshotId");
    EXPECT_EQ(image.text(at + "blockDeviceMapping/item/ebs/snapshotId"), snapshot);
    const auto bytes = bootable_disk();
    std::string read(bytes.size(), 'x');
    open_snapshot(world.aws, snapshot)->read(0, std::as_writable_bytes(std::span(read)));
    EXPECT_EQ(read, bytes);
    world.aws.must("RunInstances", {{"ImageId", shown(task, "imageId")},
                                    {"InstanceType", "t3.micro"},
                                    {"MinCount", "1"},
                                    {"MaxCount", "1"}});
}

TEST_F(ImportingImages, TakesSeveralDisks)
{
    world.put("data", stream_vmdk(disk_with(kMib, {{0, "data"}})));
    const auto task = import(merged(disk(1, "disk"), disk(2, "data")));
    const auto image = image_of(task);
    EXPECT_THAT(image.texts("imagesSet/item/blockDeviceMapping/item/deviceName"),
                ElementsAre("/dev/sda1", "/dev/sdf"));
    EXPECT_EQ(world.layers(), 2U);
}

TEST_F(ImportingImages, RefusesDevicesThatAreNoneOrTaken)
{
    const std::pair<Parameters, const char*> wrong[] = {
        {disk(1, "disk", {{"DeviceName", ""}}), "Invalid device name "},
        {disk(1, "disk", {{"DeviceName", "root"}}), "Invalid device name root"},
        {merged(disk(1, "disk"), disk(2, "disk", {{"DeviceName", "sda1"}})),
         "sda1 is being assigned to multiple times."},
        {merged(disk(1, "disk", {{"DeviceName", "/dev/sdf"}}), disk(2, "disk")),
         "/dev/sdf is being assigned to multiple times."}};
    for (const auto& [parameters, message] : wrong) {
        const auto refused = world.aws.call("ImportImage", parameters);
        EXPECT_EQ(refused.code, "InvalidBlockDeviceMapping");
        EXPECT_THAT(refused.message, ::testing::HasSubstr(message));
    }
}

TEST_F(ImportingImages, FindsTheBootMode)
{
    auto bytes = gpt_disk({kEfiSystemType, kLinuxType});
    put_ext4(bytes, 2 * kFirstPartition);
    world.put("efi", bytes);
    EXPECT_EQ(shown(import(disk(1, "efi")), "bootMode"), "uefi");
    EXPECT_EQ(shown(import(merged(disk(1, "efi"), {{"BootMode", "uefi"}})), "status"), "completed");
    bytes[0] = 'c';  // what a BIOS starts, too
    world.put("both", bytes);
    EXPECT_EQ(shown(import(disk(1, "both")), "bootMode"), "legacy-bios");
}

TEST_F(ImportingImages, FindsWindows)
{
    auto bytes = bootable_disk();
    bytes.replace(kFirstPartition + 0x438, 2, std::string(2, '\0'));
    bytes.replace(kFirstPartition + 3, 8, "NTFS    ");
    world.put("windows", bytes);
    const auto task = import(disk(1, "windows"));
    EXPECT_EQ(shown(task, "platform"), "Windows");
    EXPECT_EQ(shown(task, "licenseType"), "AWS");
    EXPECT_EQ(image_of(task).text("imagesSet/item/platform"), "windows");
    EXPECT_EQ(image_of(task).text("imagesSet/item/usageOperation"), "RunInstances:0002");
}

TEST_F(ImportingImages, FailsATaskWhoseDiskDoesNotBoot)
{
    EXPECT_EQ(failure_of_disk(std::string(kMib, 'x')),
              "ClientError: No valid partitions. Not a valid volume.");
    EXPECT_EQ(failure_of_disk(bootable_disk(), {{"BootMode", "uefi"}}),
              "ClientError: No bootable partition found.");
    auto bytes = bootable_disk();
    bytes.replace(kFirstPartition + 0x438, 2, std::string(2, '\0'));
    EXPECT_EQ(failure_of_disk(bytes), "ClientError: Unknown OS / Missing OS files.");
    bytes.replace(kFirstPartition, 6, "LUKS\xba\xbe");
    EXPECT_THAT(failure_of_disk(bytes), HasSubstr("Encrypted volumes are not supported"));
}

TEST_F(ImportingImages, FailsATaskWhoseObjectsCannotBeRead)
{
    EXPECT_THAT(failure_of(import(disk(1, "absent"))), HasSubstr("404 Not Found"));
    EXPECT_THAT(failure_of(import(merged(disk(1, "disk"), disk(2, "absent")))),
                HasSubstr("404 Not Found"));
    world.put("qcow2", "QFI\xfb");
    EXPECT_THAT(failure_of(import(merged(disk(1, "disk"), disk(2, "qcow2")))),
                HasSubstr("Unsupported specified file format"));
}

TEST_F(ImportingImages, FailsATaskWhoseObjectChanges)
{
    world.aws.set_delay("import-image-task.active", kHourMs);
    const auto task = import(disk(1, "disk"));
    EXPECT_EQ(shown(task, "status"), "active");
    world.put("disk", bootable_disk() + "more");
    world.aws.advance(kHourMs);
    EXPECT_THAT(failure_of(task), HasSubstr("changed during the import"));
}

TEST_F(ImportingImages, RefusesWhatAwsDoesNotImport)
{
    const std::pair<Parameters, const char*> wrong[] = {
        {{{"BootMode", "uefi-preferred"}}, "InvalidParameter"},
        {{{"Architecture", "riscv64"}}, "InvalidParameter"},
        {{{"Hypervisor", "kvm"}}, "InvalidParameter"},
        {{{"Platform", "Plan9"}}, "InvalidParameter"},
        {{{"LicenseType", "none"}}, "InvalidParameter"},
        {{{"UsageOperation", "RunInstances:9999"}}, "InvalidParameter"},
        {{{"LicenseType", "AWS"}, {"UsageOperation", "RunInstances:0002"}},
         "InvalidParameterCombination"},
        {{{"LicenseSpecifications.1.LicenseConfigurationArn", "x"}}, "InvalidParameterValue"},
        {{{"DiskContainer.1.Format", "qcow2"}}, "InvalidParameter"},
        {merged(disk(2, "disk"), {{"DiskContainer.1.Format", "ova"}}), "InvalidParameter"},
        {{{"DiskContainer.1.UserBucket.S3Bucket", "nobodys"}}, "InvalidParameter"}};
    for (const auto& [parameters, code] : wrong) {
        EXPECT_EQ(world.aws.call("ImportImage", merged(disk(1, "disk"), parameters)).code, code)
            << parameters.front().first;
    }
    EXPECT_EQ(world.aws.call("ImportImage").code, "MissingParameter");
    Parameters many;
    for (int number = 1; number <= 22; ++number) {
        many = merged(many, disk(number, "disk"));
    }
    EXPECT_NE(world.aws.call("ImportImage", many).code, "");
}

/// An archive of a descriptor and two disks in VMDK, the first of which boots.
std::vector<ArchiveFile> appliance()
{
    return {{"vm.ovf", ovf_of({"root.vmdk", "data.vmdk"})},
            {"data.vmdk", stream_vmdk(disk_with(kMib, {{0, "data"}}))},
            {"root.vmdk", stream_vmdk(bootable_disk())}};
}

TEST_F(ImportingImages, TakesTheDisksOfAnOva)
{
    const Parameters named{{"DiskContainer.1.Format", "ova"}};
    for (const auto& more : {Parameters{}, named}) {
        const auto files = appliance();
        world.put("ova", tar_of(files));
        const auto task = import(merged(disk(1, "ova"), more));
        ASSERT_EQ(shown(task, "status"), "completed") << shown(task, "statusMessage");
        const auto told = world.aws.must("DescribeImportImageTasks", {{"ImportTaskId.1", task}});
        const auto detail = [&](const char* name) {
            return told.texts(kItem + "snapshotDetailSet/item/" + name);
        };
        EXPECT_THAT(detail("format"), ElementsAre("VMDK", "VMDK"));
        EXPECT_THAT(detail("userBucket/s3Key"), ElementsAre("ova", "ova"));
        EXPECT_THAT(detail("diskImageSize"), ElementsAre(std::to_string(files[2].bytes.size()),
                                                         std::to_string(files[1].bytes.size())));
        EXPECT_THAT(image_of(task).texts("imagesSet/item/blockDeviceMapping/item/deviceName"),
                    ElementsAre("/dev/sda1", "/dev/sdf"));
        const auto snapshots = detail("snapshotId");
        const std::string disks[] = {bootable_disk(), disk_with(kMib, {{0, "data"}})};
        ASSERT_EQ(snapshots.size(), std::size(disks));
        for (std::size_t i = 0; i < snapshots.size(); ++i) {
            std::string read(disks[i].size(), 'x');
            open_snapshot(world.aws, snapshots[i])
                ->read(0, std::as_writable_bytes(std::span(read)));
            EXPECT_EQ(read, disks[i]);
        }
    }
    EXPECT_EQ(world.layers(), 4U);
}

TEST_F(ImportingImages, GivesEachDiskOfAnOvaADeviceOfItsOwn)
{
    world.put("ova", tar_of(appliance()));
    const auto task = import(disk(1, "ova", {{"DeviceName", "sdf"}}));
    EXPECT_THAT(image_of(task).texts("imagesSet/item/blockDeviceMapping/item/deviceName"),
                ElementsAre("sdf", "/dev/sdg"));
}

TEST_F(ImportingImages, FailsATaskWhoseOvaIsNone)
{
    const std::string begins = "ClientError: Disk validation failed [OVF file parsing error: ";
    const auto failure = [&](const std::vector<ArchiveFile>& files) {
        return failure_of_disk(tar_of(files));
    };
    auto files = appliance();
    auto changed = files;
    changed[0].bytes.insert(changed[0].bytes.find("<File ") + 6, "ovf:chunkSize=\"7\" ");
    EXPECT_EQ(failure(changed), begins + "OVA with chunked disk files is not supported]");
    changed = files;
    changed.pop_back();
    EXPECT_EQ(failure(changed), begins + "file 'root.vmdk' is not in the OVA]");
    changed = files;
    changed.push_back({"vm.mf", "SHA1(root.vmdk)= " + std::string(40, '0')});
    EXPECT_EQ(failure(changed),
              begins + "file 'root.vmdk' has another digest than the manifest says]");
    changed = files;
    changed[1] = {"../data.vmdk", "data"};
    EXPECT_EQ(failure(changed), begins + "a file in the OVA has a path that leads out of it]");
    changed = files;
    changed[1].bytes = "no disk";
    EXPECT_EQ(failure(changed),
              "ClientError: Disk validation failed [Unsupported VMDK File Format]");
    const auto archive = tar_of(files);
    EXPECT_EQ(failure_of_disk(archive.substr(0, archive.size() - 1024)),
              "ClientError: Disk validation failed [The disk image is damaged: the archive is cut "
              "off]");
    EXPECT_EQ(failure_of_disk(bootable_disk(), {{"DiskContainer.1.Format", "ova"}}),
              "ClientError: Disk validation failed [Unsupported OVA format]");
    EXPECT_EQ(failure_of_disk(archive, {{"DiskContainer.1.Format", "raw"}}),
              "ClientError: No valid partitions. Not a valid volume.");
}

TEST_F(ImportingImages, FailsATaskWhoseOvaHasTooManyDisks)
{
    std::vector<ArchiveFile> files(1);
    std::string references;
    std::string disks;
    for (int number = 0; number < 22; ++number) {
        const auto name = std::to_string(number);
        references += "<File href=\"" + name + "\" id=\"f" + name + "\"/>";
        disks += "<Disk fileRef=\"f" + name + "\" format=\"raw\"/>";
        files.push_back({name, bootable_disk().substr(0, 2 * kMib)});
    }
    files[0] = {"vm.ovf", "<Envelope><References>" + references + "</References><DiskSection>" +
                              disks + "</DiskSection><VirtualSystem/></Envelope>"};
    EXPECT_THAT(failure_of_disk(tar_of(files)), HasSubstr("too many disks"));
}

TEST_F(ImportingImages, TakesAnOvaBesideNothingElse)
{
    world.put("ova", tar_of(appliance()));
    EXPECT_THAT(failure_of(import(merged(disk(1, "disk"), disk(2, "ova")))),
                HasSubstr("Unsupported OVA format"));
    EXPECT_THAT(failure_of(import(merged(disk(1, "ova"), disk(2, "disk")))),
                HasSubstr("Unsupported OVA format"));
}

TEST_F(ImportingImages, TasksAreListedByStateAndTag)
{
    const auto good = import(disk(1, "disk"));
    const auto bad =
        import(merged(disk(1, "absent"), {{"TagSpecification.1.ResourceType", "import-image-task"},
                                          {"TagSpecification.1.Tag.1.Key", "of"},
                                          {"TagSpecification.1.Tag.1.Value", "test"}}));
    const auto list = [&](const Parameters& parameters) {
        return world.aws.must("DescribeImportImageTasks", parameters).texts(kItem + "importTaskId");
    };
    EXPECT_THAT(list(filtered("task-state", "completed")), ElementsAre(good));
    EXPECT_THAT(list(filtered("tag:of", "test")), ElementsAre(bad));
    EXPECT_EQ(
        world.aws.call("DescribeImportImageTasks", {{"ImportTaskId.1", good}}, kOtherAccount).code,
        "InvalidConversionTaskId.Malformed");
}

TEST_F(ImportingImages, TasksAreCancelled)
{
    world.aws.set_delay("import-image-task.active", kHourMs);
    const auto task = import(disk(1, "disk"));
    world.aws.must("CancelImportTask", {{"ImportTaskId", task}});
    EXPECT_EQ(shown(task, "status"), "deleted");
    EXPECT_EQ(world.layers(), 0U);
}

TEST(ImportImageTask, IsBegunAnewByTheNextProcess)
{
    const TemporaryDirectory directory;
    const auto path = directory.path() + "/data";
    {
        ImportWorld world(path);
        world.put("disk", bootable_disk());
        world.put("ova", tar_of(appliance()));
        world.aws.set_delay("import-image-task.active", kHourMs);
        world.aws.must("ImportImage", disk(1, "disk"));
        world.aws.must("ImportImage", disk(1, "ova"));
    }
    ImportWorld world(path);
    world.aws.data().sweep();  // as servers do at their start
    world.aws.must("DescribeImportImageTasks");
    world.drain();
    world.aws.advance(kHourMs);
    EXPECT_THAT(world.aws.must("DescribeImportImageTasks").texts(kItem + "status"),
                ElementsAre("completed", "completed"));
    EXPECT_EQ(world.layers(), 3U);
}

}  // namespace
}  // namespace amilab::test
