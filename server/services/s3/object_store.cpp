#include "server/services/s3/object_store.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "server/calls/account_limits.h"
#include "server/calls/caller_rules.h"
#include "server/calls/object_files.h"
#include "server/calls/services.h"
#include "server/services/s3/access.h"
#include "server/services/s3/names.h"
#include "server/services/s3/object_bytes.h"
#include "server/services/s3/object_headers.h"
#include "server/services/s3/sparse_digests.h"
#include "server/wire/rest_xml.h"
#include "server/wire/s3/objects.h"
#include "server/wire/s3/schema.h"
#include "server/wire/types.h"
#include "server/wire/urls.h"
#include "storage/base/zeros.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"

namespace amilab::s3 {

namespace {

const std::optional<std::string> kAnyOwner;

class OpenObject final : public ObjectBytes {
public:
    OpenObject(Session& session, const ObjectRow& row)
        : etag_(row.etag), reader_(session, row.content, 0, row.size_bytes)
    {
    }

    std::uint64_t size_bytes() const override { return static_cast<std::uint64_t>(reader_.end()); }
    const std::string& etag() const override { return etag_; }
    void read(std::uint64_t offset, std::span<std::byte> out) override
    {
        reader_.read_at(static_cast<std::int64_t>(offset), out);
    }
    std::uint64_t next_data(std::uint64_t offset) override
    {
        return static_cast<std::uint64_t>(reader_.next_data(static_cast<std::int64_t>(offset)));
    }
    std::optional<FileBytes> in_file(std::uint64_t offset) override
    {
        return reader_.in_file(static_cast<std::int64_t>(offset));
    }

private:
    const std::string etag_;
    ContentReader reader_;
};

ObjectRow require_place(Session& session, std::string_view bucket, std::string_view key)
{
    require_key(key);
    const auto row = require_bucket_anywhere(session, {bucket, kAnyOwner}, Use::kWrite);
    ObjectRow object;
    object.bucket = row.name;
    object.key = key;
    require_replaceable(session, row, key);
    object.owner = owner_of_new(row, writer_of(session, row), object.acl);
    return object;
}

class StoredObject final : public NewObject {
public:
    /// What it holds counts as its owner's.
    StoredObject(Session& session, const ObjectRow& place)
        : bucket_(place.bucket),
          key_(place.key),
          writer_(session.generation().shared_from_this(), ContentUse::kObject),
          held_(session.generation().stores().held_bytes(), place.owner),
          over_limit_(too_many_bytes(session.services(), {kService, PutObjectRequest::kOperation},
                                     session.generation().stores().held_bytes().most().value_or(0)))
    {
    }

    void write(std::span<const std::byte> bytes) override
    {
        digests_.add(bytes);
        writer_.write(bytes);
        if (!bytes.empty() && !is_zero(bytes)) {
            held_bytes_ += bytes.size();
            require_room();
        }
    }

    void write_zeros(std::uint64_t count) override
    {
        digests_.add_zeros(count);
        writer_.write_zeros(count);
    }

    void finish() override
    {
        writer_.finish();
        etag_ = digests_.etag();
        sum_ = wire::encode_base64(digests_.crc64nvme());
    }

    void store(Session& session, const ObjectFacts& facts) override
    {
        auto row = require_place(session, bucket_, key_);
        append_object_header(row.headers, "Content-Type", facts.content_type);
        for (const auto& [name, value] : facts.metadata) {
            row.metadata += fmt::format("{}: {}\n", name, value);
        }
        row.tags = to_text(facts.tags, kMostObjectTags);
        row.size_bytes = writer_.size_bytes();
        row.modified_ms = session.now_ms();
        row.etag = etag_;
        row.checksum_algorithm = ChecksumAlgorithm::kCrc64Nvme;
        row.checksum_type = ChecksumType::kFullObject;
        row.checksum = sum_;
        row.content = writer_.store(session, row.owner);
        put_object_row(session.db(), row);
        remove_object_files_later(session);
    }

private:
    void require_room()
    {
        if (!held_.note(held_bytes_)) {
            throw over_limit_;
        }
    }

    const std::string bucket_;
    const std::string key_;
    ContentWriter writer_;
    HeldBytes::Upload held_;  // goes before the writer, which keeps the generation
    std::uint64_t held_bytes_ = 0;
    const ApiError over_limit_;
    SparseDigests digests_;
    std::string etag_;
    std::string sum_;
};

BucketFacts require_bucket_for_others(Session& session, std::string_view bucket, BucketUse use)
{
    const auto needed = use == BucketUse::kWrite ? Use::kWrite : Use::kReadObject;
    auto row = require_bucket_anywhere(session, {bucket, kAnyOwner}, needed);
    return {std::move(row.owner), std::move(row.region)};
}

std::unique_ptr<ObjectBytes> open_object(Session& session, std::string_view bucket,
                                         std::string_view key)
{
    const auto row = require_bucket_anywhere(session, {bucket, kAnyOwner}, Use::kReadObject);
    return std::make_unique<OpenObject>(session, require_readable(session, row, key));
}

/// Source: code documented, texts assumed: AWS's own S3 is asked by whoever has the URL.
ApiError invalid_url(const std::string& why)
{
    return {"InvalidURI", "Couldn't parse the specified URI. " + why};
}

/// Throws ApiError unless a GET of the URL gets an object; the request is that GET.
GetObjectRequest parse_get(const wire::JsonRequest& request)
{
    wire::require_current(request, Clock::wall_ms());
    const auto& operation = wire::operation_of_resource(kService, request);
    if (operation.name != GetObjectRequest::kOperation) {
        throw invalid_url("It gets no object.");
    }
    // Whatever would change the bytes is refused by name.
    constexpr std::array kPlace = {std::string_view("Bucket"), std::string_view("Key")};
    for (const auto& one : wire::read_rest_xml_members(operation, request)) {
        if (std::ranges::find(kPlace, one.path) == kPlace.end() &&
            !one.path.starts_with("Response")) {
            throw wire::not_implemented(fmt::format("{} in such a URL", one.path));
        }
    }
    auto place = wire::bucket_and_key(request);
    GetObjectRequest get;
    get.bucket = std::move(place.bucket);
    get.key = std::move(place.key);
    return get;
}

std::unique_ptr<ObjectBytes> open_url(Session& session, std::string_view url)
{
    const auto parts = wire::split_url(url);
    const auto* rules = session.services().caller_rules();
    if (!parts) {
        throw invalid_url("It is no URL of http or https.");
    }
    if (rules == nullptr || !rules->is_own_host(parts->authority)) {
        throw invalid_url(
            fmt::format("The host {} is not this server's.", parts->authority.substr(0, 256)));
    }
    const auto get =
        parse_get({.method = "GET",
                   .path = parts->path,
                   .query = parts->query,
                   .body = {},
                   .header = [&](std::string_view name) {
                       return name == "Host" ? std::optional(parts->authority) : std::nullopt;
                   }});
    const auto caller = rules->presigned_caller(session.settings(), parts->query);
    const wire::Parameters none("");
    Session theirs({session.services(), session.generation(), caller, none, session.request_id()},
                   session.db());
    return open_object(theirs, get.bucket, get.key);
}

std::unique_ptr<NewObject> begin_object(Session& session, std::string_view bucket,
                                        std::string_view key)
{
    return std::make_unique<StoredObject>(session, require_place(session, bucket, key));
}

}  // namespace

constinit const ObjectStore kObjectStore{.require_bucket = &require_bucket_for_others,
                                         .open = &open_object,
                                         .open_url = &open_url,
                                         .begin = &begin_object};

}  // namespace amilab::s3
