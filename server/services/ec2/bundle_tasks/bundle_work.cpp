#include "server/services/ec2/bundle_tasks/bundle_work.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>

#include "server/calls/background_work.h"
#include "server/calls/owner_caller.h"
#include "server/services/ec2/common/task_objects.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/images/image_manifests.h"
#include "server/wire/ec2/schema.h"
#include "storage/base/units.h"

namespace amilab::ec2 {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;
/// Of the new bundle: few, since each is open until all are stored.
constexpr std::uint64_t kPartBytes = kGiB;

/// A part of the new bundle.
struct NewPart {
    std::unique_ptr<NewObject> object;
    BundlePart facts;
    Sha1 digest{};
    std::uint64_t size_bytes = 0;
};

/// Moves the parts of an image's bundle into another.
class BundleWork final : public BackgroundWork {
public:
    explicit BundleWork(BundleTaskRow task) : task_(std::move(task)) {}

    bool is_wanted(Session& session) override
    {
        const auto row = select_bundle_task(session.db(), task_.id);
        return row && (row->state == BundleTaskState::kPending ||
                       row->state == BundleTaskState::kBundling);
    }

    bool step(ByteSession& session) override
    {
        if (!manifest_) {
            manifest_ = read_manifest_alone(session, task_.location);
            return true;
        }
        if (next_part_ < manifest_->parts.size()) {
            write_piece(session);
            report(session);
            return true;
        }
        finish(session);
        return false;
    }

    void fail(Session& session, const std::string& why) override
    {
        if (is_wanted(session)) {
            // Source: the code is assumed.
            fail_bundle_task(session.db(), task_.id, "Client.S3Error", why, session.now_ms());
            session.cancel_transitions(task_.id.text());
        }
    }

    /// Objects go by themselves.
    void drop(Session& /*session*/) override {}

private:
    void write_piece(ByteSession& session)
    {
        if (!source_) {
            const auto& name = manifest_->parts[next_part_].name;
            source_ = open_beside_manifest(session, task_.location, name);
            at_ = 0;
            source_digest_.emplace();
        }
        require_room(source_->size_bytes() - at_);
        auto& part = open_part(session);
        const auto count = std::min<std::uint64_t>(
            {kPieceBytes, source_->size_bytes() - at_, kPartBytes - part.size_bytes});
        buffer_.resize(static_cast<std::size_t>(count));
        source_->read(at_, buffer_);
        part.object->write(buffer_);
        part.digest.add(buffer_);
        source_digest_->add(buffer_);
        part.size_bytes += count;
        at_ += count;
        done_ += count;
        if (at_ == source_->size_bytes()) {
            end_source();
            source_.reset();
            ++next_part_;
        }
    }

    /// Throws when there is more than the manifest says.
    void require_room(std::uint64_t count) const
    {
        if (count > manifest_->bundled_bytes - done_) {
            throw invalid_manifest(task_.location);
        }
    }

    /// Throws when the old part is not as the manifest says.
    void end_source()
    {
        if (!boost::algorithm::iequals(source_digest_->hex(),
                                       manifest_->parts[next_part_].digest)) {
            throw invalid_manifest(task_.location);
        }
    }

    /// The last part, which has room.
    NewPart& open_part(ByteSession& session)
    {
        if (parts_.empty() || parts_.back().size_bytes == kPartBytes) {
            auto& part = parts_.emplace_back();
            const auto key = fmt::format("{}.part.{}", task_.prefix, parts_.size() - 1);
            part.facts.name = key.substr(key.rfind('/') + 1);
            session.read(
                [&](Session& rows) { part.object = begin_task_object(rows, task_.bucket, key); });
        }
        return parts_.back();
    }

    void report(ByteSession& session)
    {
        constexpr std::int64_t kMost = 99;
        const auto percent =
            std::min(kMost, static_cast<std::int64_t>(done_ * 100 / manifest_->bundled_bytes));
        if (percent <= percent_) {
            return;
        }
        percent_ = percent;
        session.write([&](Session& rows) {
            if (is_wanted(rows)) {
                set_bundle_task_percent(rows.db(), task_.id, percent, rows.now_ms());
            }
        });
    }

    void finish(ByteSession& session)
    {
        if (done_ != manifest_->bundled_bytes) {
            throw invalid_manifest(task_.location);
        }
        std::vector<BundlePart> facts;
        for (auto& part : parts_) {
            part.object->finish();
            part.facts.digest = part.digest.hex();
            facts.push_back(part.facts);
        }
        const auto text = manifest_with_parts(*manifest_, facts);
        std::unique_ptr<NewObject> manifest;
        session.read([&](Session& rows) {
            manifest = begin_task_object(rows, task_.bucket, task_.prefix + ".manifest.xml");
        });
        manifest->write(std::as_bytes(std::span(text)));
        manifest->finish();
        session.write([&](Session& rows) { store(rows, *manifest); });
    }

    void store(Session& session, NewObject& manifest)
    {
        if (!is_wanted(session)) {
            return;
        }
        for (auto& part : parts_) {
            store_task_object(session, "BundleInstance", task_.bucket, *part.object, {});
        }
        store_task_object(session, "BundleInstance", task_.bucket, manifest, {});
        set_bundle_task_state(session.db(), task_.id, BundleTaskState::kComplete, session.now_ms());
        session.cancel_transitions(task_.id.text());
    }

    const BundleTaskRow task_;
    std::optional<ImageManifest> manifest_;
    std::size_t next_part_ = 0;  ///< of the old bundle
    std::unique_ptr<ObjectBytes> source_;
    std::optional<Sha1> source_digest_;
    std::uint64_t at_ = 0;
    std::vector<NewPart> parts_;
    std::vector<std::byte> buffer_;
    std::uint64_t done_ = 0;
    std::int64_t percent_ = 0;
};

}  // namespace

void bundle(Session& session, const BundleTaskId& id)
{
    auto row = select_bundle_task(session.db(), id);
    if (row &&
        (row->state == BundleTaskState::kPending || row->state == BundleTaskState::kBundling)) {
        set_bundle_task_percent(session.db(), id, 0, session.now_ms());
        auto owner = owner_caller(row->owner, row->region);
        begin_background_work(session, kBundle, id.text(), std::move(owner),
                              std::make_shared<BundleWork>(std::move(*row)));
    }
}

}  // namespace amilab::ec2
