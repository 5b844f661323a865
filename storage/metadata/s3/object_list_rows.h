#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/s3/object_rows.h"
#include "storage/metadata/s3/upload_rows.h"

namespace amilab {

/// The first text, by bytes, behind all that begin with `prefix`; empty when there is none.
std::string end_of_prefix(std::string_view prefix);

/// What a list of keys asks. Keys are in the order of their bytes.
struct KeyListQuery {
    std::string_view bucket;
    std::string_view prefix;
    /// Keys that have it behind the prefix are told by what stands up to its end; empty: no keys.
    std::string_view delimiter;
    /// Keys behind it; where it is itself what keys are told by, behind all of those.
    std::string_view after;
    /// Keys and prefixes together, at most.
    std::int64_t most = 0;
};

struct ObjectListRow {
    std::string key{};
    std::int64_t size_bytes = 0;
    TimeMs modified_ms = 0;
    std::string etag{};
    std::string owner{};
    std::optional<ChecksumAlgorithm> checksum_algorithm{};
    std::optional<ChecksumType> checksum_type{};
};

template <class Row>
struct KeyList {
    std::vector<Row> rows;
    std::vector<std::string> prefixes;
    /// The last of both; empty when there is none.
    std::string last;
    bool has_more = false;
};

/// Costs what is told: of keys with a common prefix one is looked at.
KeyList<ObjectListRow> list_objects(Database& db, const KeyListQuery& query);

/// Several uploads may have one key: those are in the order in which they began, behind `after_id`;
/// all of them are told if that is none of them any more.
KeyList<UploadRow> list_uploads(Database& db, const KeyListQuery& query, std::string_view after_id);

}  // namespace amilab
