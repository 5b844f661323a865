#include "storage/state/settings.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/regions/region_rows.h"
#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/sql/id_source.h"
#include "storage/metadata/sql/migrations.h"

namespace amilab {
namespace {

using ::testing::ElementsAre;

constexpr const char* kAccount = "123456789012";
constexpr const char* kKey = "AKIAIOSFODNN7EXAMPLE";

class SettingsTest : public ::testing::Test {
protected:
    SettingsTest()
    {
        migrate(*db);
        IdSource::set_seed(*db, "settings");
    }

    const std::unique_ptr<Database> db =
        open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate);
};

TEST_F(SettingsTest, SayWhatTheRowsSay)
{
    insert_declared_account(*db, {.id = kAccount, .access_keys = {kKey}});
    set_opted_in(*db, "eu-west-1", false);
    Settings settings({}, {});
    settings.restore(*db);
    EXPECT_EQ(settings.access_keys().account_of(kKey), kAccount);
    EXPECT_TRUE(settings.has_opted_out());
    EXPECT_TRUE(settings.region_exists("eu-west-1")) << "opted out of, it is there";
    EXPECT_FALSE(settings.region_exists("eu-west-99"));
}

TEST_F(SettingsTest, SignPagesByTheSeed)
{
    Settings settings({}, {});
    settings.restore(*db);
    Settings again({}, {});
    again.restore(*db);
    EXPECT_EQ(settings.page_token_key(), again.page_token_key());
    IdSource::set_seed(*db, "another");
    again.restore(*db);
    EXPECT_NE(settings.page_token_key(), again.page_token_key());
}

TEST_F(SettingsTest, MakeNoRowsAndNoImageWithoutACatalogueOfFiles)
{
    const Settings settings({}, {});
    settings.make_rows_of(*db, kAccount);
    EXPECT_FALSE(settings.makes_image(ImageId::trusted("ami-00000001")));
}

TEST_F(SettingsTest, MakeTheRowsOfOneAccount)
{
    std::vector<std::string> made;
    CatalogueOptions catalogue;
    catalogue.make_rows = [&](Database&, std::optional<std::string_view> account) {
        made.emplace_back(account.value_or("all"));
    };
    catalogue.makes_image = [](std::string_view id) { return id == "ami-00000001"; };
    const Settings settings(catalogue, {});
    settings.make_rows_of(*db, kAccount);
    EXPECT_THAT(made, ElementsAre(kAccount));
    EXPECT_TRUE(settings.makes_image(ImageId::trusted("ami-00000001")));
    EXPECT_FALSE(settings.makes_image(ImageId::trusted("ami-00000002")));
}

}  // namespace
}  // namespace amilab
