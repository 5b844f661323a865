#include "tests/server/services/ec2/images/image_support.h"

#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ec2/snapshots/snapshot_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"

namespace amilab::test {

std::string make_snapshot(TestEmulator& aws)
{
    return snapshot_of(aws, new_volume(aws, {{"Size", "2"}}));
}

Parameters registration(const std::string& snapshot, const std::string& name)
{
    return {{"Name", name},
            {"Architecture", "x86_64"},
            {"VirtualizationType", "hvm"},
            {"EnaSupport", "true"},
            {"RootDeviceName", "/dev/xvda"},
            {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
            {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}};
}

std::string make_image(TestEmulator& aws, const std::string& name, const Parameters& more)
{
    return aws.must("RegisterImage", merged(registration(make_snapshot(aws), name), more))
        .text("imageId");
}

Answer describe_image(TestEmulator& aws, const std::string& id, std::string_view account)
{
    return aws.must("DescribeImages", {{"ImageId.1", id}}, account);
}

std::vector<std::string> matching_images(TestEmulator& aws, const std::string& name,
                                         const std::string& value)
{
    return aws
        .must("DescribeImages",
              {{"Owner.1", "self"}, {"Filter.1.Name", name}, {"Filter.1.Value.1", value}})
        .texts("imagesSet/item/imageId");
}

void must_modify_image(TestEmulator& aws, const std::string& image, Parameters parameters)
{
    parameters.emplace_back("ImageId", image);
    aws.must("ModifyImageAttribute", parameters);
}

Answer image_attribute(TestEmulator& aws, const std::string& image, const std::string& name)
{
    return aws.must("DescribeImageAttribute", {{"ImageId", image}, {"Attribute", name}});
}

std::vector<std::string> launch_users(TestEmulator& aws, const std::string& image)
{
    return image_attribute(aws, image, "launchPermission").texts("launchPermission/item/userId");
}

void update_image(TestEmulator& aws, const std::string& id, const std::string& assignment)
{
    auto writer = aws.generation().writer();
    Statement(writer.db(), "UPDATE image SET " + assignment + " WHERE id = ?1").execute(id);
}

}  // namespace amilab::test
