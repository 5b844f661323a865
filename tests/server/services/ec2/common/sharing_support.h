#pragma once

#include <string>
#include <vector>

#include "storage/metadata/settings/account_rows.h"
#include "tests/support/emulator_fixture.h"

/// What tests of sharing between accounts have in common.
namespace amilab::test {

inline constexpr const char* kStranger = "333344445555";
inline constexpr const char* kMarketplaceCode = "3gruvlcso4s66wfg2mdzxg8z6";

/// What the control API does.
void declare_account(TestEmulator& aws, const DeclaredAccount& account);

/// Gives a resource a Marketplace product code, as an image of the catalogue has one.
void give_product_code(TestEmulator& aws, const std::string& resource,
                       const std::string& code = kMarketplaceCode);

/// The one statement, on the writer.
void run_sql(TestEmulator& aws, const std::string& sql);

/// Changes an image's or a snapshot's attributes as their owner.
Answer modify_image(TestEmulator& aws, const std::string& image, Parameters parameters);
Answer modify_snapshot(TestEmulator& aws, const std::string& snapshot, Parameters parameters);

/// The ids of the images, or snapshots, of kAccount that `account` sees.
std::vector<std::string> seen_images(TestEmulator& aws, std::string_view account,
                                     Parameters parameters = {});
std::vector<std::string> seen_snapshots(TestEmulator& aws, std::string_view account,
                                        Parameters parameters = {});

}  // namespace amilab::test
