#include "tests/server/services/ec2/common/sharing_support.h"

#include <gtest/gtest.h>

#include "storage/metadata/tags/product_code_rows.h"

namespace amilab::test {

void declare_account(TestEmulator& aws, const DeclaredAccount& account)
{
    auto writer = aws.generation().writer();
    delete_declared_account(writer.db(), account.id);
    ASSERT_TRUE(insert_declared_account(writer.db(), account));
    aws.generation().settings().access_keys().replace(select_access_keys(writer.db()));
}

void give_product_code(TestEmulator& aws, const std::string& resource, const std::string& code)
{
    auto writer = aws.generation().writer();
    insert_product_code(writer.db(), resource, {code, ProductCodeType::kMarketplace});
}

void run_sql(TestEmulator& aws, const std::string& sql)
{
    auto writer = aws.generation().writer();
    writer.db().run(sql);
}

Answer modify_image(TestEmulator& aws, const std::string& image, Parameters parameters)
{
    parameters.emplace_back("ImageId", image);
    return aws.call("ModifyImageAttribute", parameters);
}

Answer modify_snapshot(TestEmulator& aws, const std::string& snapshot, Parameters parameters)
{
    parameters.emplace_back("SnapshotId", snapshot);
    return aws.call("ModifySnapshotAttribute", parameters);
}

std::vector<std::string> seen_images(TestEmulator& aws, std::string_view account,
                                     Parameters parameters)
{
    parameters.emplace_back("Owner.1", kAccount);
    return aws.must("DescribeImages", parameters, account).texts("imagesSet/item/imageId");
}

std::vector<std::string> seen_snapshots(TestEmulator& aws, std::string_view account,
                                        Parameters parameters)
{
    parameters.emplace_back("Owner.1", kAccount);
    return aws.must("DescribeSnapshots", parameters, account).texts("snapshotSet/item/snapshotId");
}

}  // namespace amilab::test
