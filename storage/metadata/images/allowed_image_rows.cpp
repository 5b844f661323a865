#include "storage/metadata/images/allowed_image_rows.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "storage/base/units.h"
#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/tags/product_code_rows.h"

namespace amilab {

namespace {

constexpr std::string_view kSetting = "allowed-images";

// The kinds of image_criterion_value; those of a scan are "scan." and the limit's name.
constexpr std::string_view kProvider = "provider";
constexpr std::string_view kProductCode = "productCode";
constexpr std::string_view kName = "name";
constexpr std::string_view kDaysSinceDeprecated = "daysSinceDeprecated";
constexpr std::string_view kDaysSinceCreated = "daysSinceCreated";
constexpr std::string_view kWatermark = "watermark";
constexpr std::string_view kWatermarkKey = "watermark.key";
constexpr std::string_view kWatermarkRegion = "watermark.region";
constexpr std::string_view kWatermarkSourceDays = "watermark.daysSinceSourceCreated";
constexpr std::string_view kWatermarkDays = "watermark.daysSinceCreated";
constexpr std::string_view kScan = "scan.";

/// A value of a criterion: the position is that among the values of its kind.
struct CriterionValueRow {
    std::string owner{};
    std::string region{};
    std::int64_t criterion = 0;
    std::string kind{};
    std::int64_t position = 0;
    std::string value{};
};

constexpr auto kValueColumns = columns<CriterionValueRow>(
    "image_criterion_value", "v", text<&CriterionValueRow::owner>("owner"),
    text<&CriterionValueRow::region>("region"), integer<&CriterionValueRow::criterion>("criterion"),
    text<&CriterionValueRow::kind>("kind"), integer<&CriterionValueRow::position>("position"),
    text<&CriterionValueRow::value>("value"));

std::int64_t to_number(std::string_view text)
{
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void read_value(AllowedImageCriterion& criterion, std::string_view kind, std::size_t position,
                std::string value)
{
    if (kind == kProvider) {
        criterion.providers.push_back(std::move(value));
    } else if (kind == kProductCode) {
        criterion.product_codes.push_back(std::move(value));
    } else if (kind == kName) {
        criterion.names.push_back(std::move(value));
    } else if (kind == kDaysSinceDeprecated) {
        criterion.most_days_since_deprecated = to_number(value);
    } else if (kind == kDaysSinceCreated) {
        criterion.most_days_since_created = to_number(value);
    } else if (kind.starts_with(kScan)) {
        criterion.scan.emplace(kind.substr(kScan.size()), std::move(value));
    } else if (kind.starts_with(kWatermark)) {
        if (criterion.watermarks.size() <= position) {
            criterion.watermarks.resize(position + 1);
        }
        auto& watermark = criterion.watermarks[position];
        if (kind == kWatermarkKey) {
            watermark.key = std::move(value);
        } else if (kind == kWatermarkRegion) {
            watermark.source_region = std::move(value);
        } else if (kind == kWatermarkSourceDays) {
            watermark.most_days_since_source_created = to_number(value);
        } else if (kind == kWatermarkDays) {
            watermark.most_days_since_created = to_number(value);
        }
    }
}

class CriterionWriter {
public:
    CriterionWriter(Database& db, std::string_view owner, std::string_view region,
                    std::size_t criterion)
        : db_(db), owner_(owner), region_(region), criterion_(criterion)
    {
    }

    void write(std::string_view kind, std::size_t position, std::string_view value) const
    {
        insert_row<kValueColumns>(db_, {.owner = std::string(owner_),
                                        .region = std::string(region_),
                                        .criterion = static_cast<std::int64_t>(criterion_),
                                        .kind = std::string(kind),
                                        .position = static_cast<std::int64_t>(position),
                                        .value = std::string(value)});
    }
    void write(std::string_view kind, const std::vector<std::string>& values) const
    {
        for (std::size_t i = 0; i < values.size(); ++i) {
            write(kind, i, values[i]);
        }
    }
    void write(std::string_view kind, std::size_t position,
               const std::optional<std::int64_t>& number) const
    {
        if (number) {
            write(kind, position, std::to_string(*number));
        }
    }
    void write(std::size_t position, const WatermarkCriterion& watermark) const
    {
        write(kWatermark, position, std::string_view{});
        if (watermark.key) {
            write(kWatermarkKey, position, *watermark.key);
        }
        if (watermark.source_region) {
            write(kWatermarkRegion, position, *watermark.source_region);
        }
        write(kWatermarkSourceDays, position, watermark.most_days_since_source_created);
        write(kWatermarkDays, position, watermark.most_days_since_created);
    }

private:
    Database& db_;
    std::string_view owner_;
    std::string_view region_;
    std::size_t criterion_;
};

void append_providers(Query& query, const std::vector<std::string>& providers)
{
    if (providers.empty()) {
        return;
    }
    // "none" is nobody's id or alias.
    query.sql(" AND (i.owner IN ").list(providers);
    query.sql(" OR i.owner_alias IN ").list(providers).sql(")");
}

/// A watermark of the image, all of which meets one of the criteria.
void append_watermarks(Query& query, const std::vector<WatermarkCriterion>& watermarks,
                       TimeMs now_ms)
{
    if (watermarks.empty()) {
        return;
    }
    query.sql(
        " AND EXISTS (SELECT 1 FROM main.image_watermark AS w WHERE w.image_id = i.id AND (0");
    for (const auto& watermark : watermarks) {
        query.sql(" OR (1");
        if (watermark.key) {
            query.sql(" AND ");
            append_match(query, "w.watermark_key", {*watermark.key});
        }
        if (watermark.source_region) {
            query.sql(" AND ");
            append_match(query, "w.source_image_region", {*watermark.source_region});
        }
        if (const auto& days = watermark.most_days_since_source_created) {
            query.sql(" AND w.source_image_creation_time_ms >= ").value(now_ms - *days * kDayMs);
        }
        if (const auto& days = watermark.most_days_since_created) {
            query.sql(" AND w.creation_time_ms >= ").value(now_ms - *days * kDayMs);
        }
        query.sql(")");
    }
    query.sql("))");
}

void append_criterion(Query& query, const AllowedImageCriterion& criterion, TimeMs now_ms)
{
    query.sql(" OR (1");
    append_providers(query, criterion.providers);
    if (!criterion.product_codes.empty()) {
        query.sql(" AND EXISTS (SELECT 1 FROM all_product_code AS c WHERE c.resource_id = i.id");
        query.part(" AND c.type = ? AND c.code IN ", ProductCodeType::kMarketplace);
        query.list(criterion.product_codes);
        query.sql(")");
    }
    if (!criterion.names.empty()) {
        query.sql(" AND ");
        append_match(query, "i.name", criterion.names);
    }
    if (criterion.most_days_since_deprecated) {
        query.sql(" AND (i.deprecation_time_ms IS NULL OR i.deprecation_time_ms > ");
        query.value(now_ms - *criterion.most_days_since_deprecated * kDayMs).sql(")");
    }
    if (criterion.most_days_since_created) {
        query.sql(" AND i.creation_time_ms >= ");
        query.value(now_ms - *criterion.most_days_since_created * kDayMs);
    }
    append_watermarks(query, criterion.watermarks, now_ms);
    if (!criterion.scan.empty()) {
        query.sql(" AND 0");
    }
    query.sql(")");
}

AllowedImages select_state(Database& db, std::string_view owner, std::string_view region)
{
    const auto setting = select_account_setting(db, owner, region, kSetting);
    return to_word(setting, AllowedImages::kDisabled);
}

std::vector<AllowedImageCriterion> select_criteria(Database& db, std::string_view owner,
                                                   std::string_view region)
{
    std::vector<AllowedImageCriterion> criteria;
    auto values =
        select_rows<kValueColumns>(db,
                                   "FROM image_criterion_value v WHERE v.owner = ? AND v.region = ?"
                                   " ORDER BY v.criterion, v.kind, v.position",
                                   owner, region);
    for (auto& row : values) {
        const auto criterion = static_cast<std::size_t>(row.criterion);
        if (criteria.size() <= criterion) {
            criteria.resize(criterion + 1);
        }
        read_value(criteria[criterion], row.kind, static_cast<std::size_t>(row.position),
                   std::move(row.value));
    }
    return criteria;
}

}  // namespace

AllowedImagesSettings select_allowed_images_settings(Database& db, std::string_view owner,
                                                     std::string_view region)
{
    return {.state = select_state(db, owner, region),
            .criteria = select_criteria(db, owner, region)};
}

AllowedImagesSettings select_allowed_images_in_force(Database& db, std::string_view owner,
                                                     std::string_view region)
{
    AllowedImagesSettings settings;
    settings.state = select_state(db, owner, region);
    if (settings.state != AllowedImages::kDisabled) {
        settings.criteria = select_criteria(db, owner, region);
    }
    return settings;
}

void write_allowed_images_state(Database& db, std::string_view owner, std::string_view region,
                                AllowedImages state)
{
    write_account_setting(db, owner, region, kSetting, text_of(state));
}

void replace_image_criteria(Database& db, std::string_view owner, std::string_view region,
                            std::span<const AllowedImageCriterion> criteria)
{
    Statement(db, "DELETE FROM image_criterion_value WHERE owner = ? AND region = ?")
        .execute(owner, region);
    for (std::size_t i = 0; i < criteria.size(); ++i) {
        const auto& criterion = criteria[i];
        const CriterionWriter writer(db, owner, region, i);
        writer.write(kProvider, criterion.providers);
        writer.write(kProductCode, criterion.product_codes);
        writer.write(kName, criterion.names);
        writer.write(kDaysSinceDeprecated, 0, criterion.most_days_since_deprecated);
        writer.write(kDaysSinceCreated, 0, criterion.most_days_since_created);
        for (std::size_t j = 0; j < criterion.watermarks.size(); ++j) {
            writer.write(j, criterion.watermarks[j]);
        }
        for (const auto& [name, value] : criterion.scan) {
            writer.write(std::string(kScan) + name, 0, value);
        }
    }
}

void append_allowed(Query& query, const AllowedImagesSettings& settings, std::string_view account,
                    TimeMs now_ms)
{
    query.sql("(i.owner = ").value(account);
    for (const auto& criterion : settings.criteria) {
        append_criterion(query, criterion, now_ms);
    }
    query.sql(")");
}

void append_allowed_filter(Query& query, const AllowedImagesSettings& settings,
                           std::string_view account, TimeMs now_ms, const RowFilter& filter,
                           const AroundAllowed& around)
{
    if (settings.state == AllowedImages::kDisabled) {
        query.sql(" AND 0");
        return;
    }
    query.sql(" AND iif(").sql(around.before);
    append_allowed(query, settings, account, now_ms);
    query.sql(around.after).sql(", ");
    append_match(query, "'true'", filter.values);
    query.sql(", ");
    append_match(query, "'false'", filter.values);
    query.sql(")");
}

std::set<ImageId> select_allowed_images(Database& db, const AllowedImagesSettings& settings,
                                        std::string_view account, TimeMs now_ms,
                                        std::span<const ImageId> ids)
{
    // A statement takes some thousands of values at most.
    constexpr std::size_t kAtOnce = 500;
    std::set<ImageId> allowed;
    while (!ids.empty()) {
        const auto some = ids.first(std::min(kAtOnce, ids.size()));
        ids = ids.subspan(some.size());
        Query query("SELECT i.id FROM all_image AS i WHERE i.id IN ");
        query.list(texts_of(some)).sql(" AND ");
        append_allowed(query, settings, account, now_ms);
        auto select = query.on(db);
        while (select.step()) {
            allowed.insert(select.row().id<ImageId>());
        }
    }
    return allowed;
}

}  // namespace amilab
