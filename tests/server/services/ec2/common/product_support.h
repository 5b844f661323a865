#pragma once

#include <string>

#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {

/// A product's image, as the seller shares it with everybody, and an account that may subscribe.
class SharedProduct : public ::testing::Test {
protected:
    SharedProduct()
    {
        image = own_image(aws, "product");
        run_sql(aws, "UPDATE image SET public = 1");
        give_product_code(aws, image);
    }

    void subscribe()
    {
        declare_account(aws, {.id = kOtherAccount, .subscriptions = {kMarketplaceCode}});
    }
    std::string run_product()
    {
        return aws.must("RunInstances", launch(image), kOtherAccount).text(kInstanceId);
    }

    TestEmulator aws;
    std::string image;
};

}  // namespace amilab::test
