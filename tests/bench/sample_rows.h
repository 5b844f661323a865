#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/s3/bucket_rows.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/id_source.h"
#include "storage/metadata/volumes/volume_ids.h"
#include "storage/metadata/volumes/volume_rows.h"

/// Rows as calls leave them, for the benchmark.
namespace amilab::bench {

inline constexpr std::string_view kAccount = "123456789012";
inline constexpr std::string_view kRegion = "us-east-1";
inline constexpr std::string_view kBucket = "bench";

/// For DataDirectory: a background task's failure, on standard error.
void report(std::exception_ptr exception);

/// An available image of that owner with one mapping's facts left to the caller.
ImageRow sample_image(ImageId id, std::string_view owner, std::string name, TimeMs now_ms);
ImageMappingRow sample_mapping(const SnapshotId& snapshot);

/// The account's, in the region.
BucketRow sample_bucket();

/// Writes the rows of one call, in the caller's transaction. What they refer to (a network, an
/// image, volumes) is made at the start.
class SampleRows {
public:
    explicit SampleRows(Database& db);

    /// A snapshot; the volume's layer is sealed and gets a new one on top. Goes around the volumes.
    void create_snapshot();
    /// One tag of the image gets a new value.
    void create_tags();
    void register_image();
    /// A small object, in place of another.
    void put_object();
    /// One instance with one volume.
    void run_instances();
    /// One instance with one volume, and the tags that tell of its template.
    void run_instances_by_template();

private:
    struct SampleVolume {
        VolumeId id;
        LayerId top;
    };

    void make_network();
    void make_volumes();
    InstanceId launch_one();
    LayerId add_layer(std::optional<LayerId> parent);

    Database& db_;
    IdSource ids_;
    std::int64_t count_ = 0;
    std::int64_t blobs_ = 0;
    std::uint64_t next_layer_ = 1;
    SnapshotId snapshot_;
    ImageId image_;
    LayerId snapshot_layer_{0};
    std::vector<SampleVolume> volumes_;
    std::string vpc_id_;
    std::string subnet_id_;
    std::string group_id_;
};

}  // namespace amilab::bench
