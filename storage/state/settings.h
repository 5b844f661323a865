#pragma once

#include <atomic>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "storage/metadata/catalogue/catalogue.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/state/access_keys.h"
#include "storage/state/account_limits.h"

namespace amilab {

/// What calls go by that is the same for all of them: what the server was started with, and what
/// they would else have to ask the rows for, each of them. Whoever changes those rows changes this.
/// Safe from any thread.
class Settings {
public:
    Settings(CatalogueOptions catalogue, AccountLimits limits)
        : catalogue_(std::move(catalogue)), limits_(limits)
    {
    }

    /// Takes over what the rows say. Before anybody else has it.
    void restore(Database& db);

    const CatalogueOptions& catalogue() const { return catalogue_; }
    const AccountLimits& account_limits() const { return limits_; }
    /// Makes the rows that the account begins with: what the catalogue's files say is its. Inside a
    /// transaction of the writer.
    void make_rows_of(Database& db, std::string_view account) const;
    /// Whether those rows have an image of that id.
    bool makes_image(const ImageId& id) const
    {
        return catalogue_.makes_image && catalogue_.makes_image(id.text());
    }

    const AccessKeys& access_keys() const { return access_keys_; }
    AccessKeys& access_keys() { return access_keys_; }
    bool region_exists(std::string_view region) const { return regions_.contains(region); }
    /// Whether any region was opted out of; rows tell which.
    bool has_opted_out() const { return opted_out_; }
    void note_opted_out(bool any) { opted_out_ = any; }
    /// What page tokens are signed with.
    const std::string& page_token_key() const { return page_token_key_; }

private:
    const CatalogueOptions catalogue_;
    const AccountLimits limits_;
    AccessKeys access_keys_;
    std::set<std::string, std::less<>> regions_;
    std::string page_token_key_;
    std::atomic<bool> opted_out_{false};
};

}  // namespace amilab
