#pragma once

#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "tests/support/disk_images.h"
#include "tests/support/disks.h"
#include "tests/support/s3_caller.h"

namespace amilab::test {

inline constexpr const char* kTask = "importSnapshotTaskSet/item/";
inline constexpr std::uint64_t kMib = 1 << 20;

/// Filters.1, as these lists call it, with one value.
inline Parameters filtered(const std::string& name, const std::string& value)
{
    return {{"Filters.1.Name", name}, {"Filters.1.Value.1", value}};
}

/// A raw disk that is moved for longer than its call: 80 pieces, none of which is a hole.
inline std::string large_disk()
{
    std::string disk(80 * kMib, '\0');
    for (std::uint64_t at = 0; at < disk.size(); at += kMib) {
        disk[at] = 'x';
    }
    return disk;
}

/// An emulator with the bucket "disks" in it, from which disks are imported.
class ImportWorld {
public:
    explicit ImportWorld(std::optional<std::string> path = {}) : aws(std::move(path))
    {
        s3.call("PUT", "/disks");
    }

    void put(const std::string& key, const std::string& bytes)
    {
        s3.must("PUT", "/disks/" + key, bytes);
    }
    static Parameters object(const std::string& key, const Parameters& more = {})
    {
        return merged({{"DiskContainer.UserBucket.S3Bucket", "disks"},
                       {"DiskContainer.UserBucket.S3Key", key}},
                      more);
    }
    /// The id of a new task.
    std::string import(const std::string& key, const Parameters& more = {})
    {
        return aws.must("ImportSnapshot", object(key, more)).text("importTaskId");
    }
    /// Something of the task's detail, or of the task.
    std::string detail(const std::string& task, const std::string& name)
    {
        return shown(task, "snapshotTaskDetail/" + name);
    }
    std::string shown(const std::string& task, const std::string& name)
    {
        return aws.must("DescribeImportSnapshotTasks", {{"ImportTaskId.1", task}})
            .text(kTask + name);
    }
    std::string status(const std::string& task) { return detail(task, "status"); }
    std::string message(const std::string& task) { return detail(task, "statusMessage"); }
    /// The bytes of the snapshot that the task has made.
    std::string bytes_of(const std::string& task, std::uint64_t size_bytes)
    {
        std::string text(size_bytes, 'x');
        open_snapshot(aws, detail(task, "snapshotId"))
            ->read(0, std::as_writable_bytes(std::span(text)));
        return text;
    }
    void take(TimeMs active_ms) { aws.set_delay("import-snapshot-task.active", active_ms); }
    void drain() { aws.data().background().drain(); }
    std::size_t layers()
    {
        drain();
        return aws.generation().stores().blocks().allocated_bytes_of_all().size();
    }

    TestEmulator aws;
    S3Caller s3{aws};
};

}  // namespace amilab::test
