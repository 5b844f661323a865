#include "tests/server/services/ec2/kill_work.h"

#include <unistd.h>
#include <atomic>
#include <random>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>

#include "storage/nbd/server.h"
#include "tests/server/services/ebs/ebs_support.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/nbd/client.h"

namespace amilab::test {

namespace {

constexpr std::size_t kKept = 3;

void require(bool done)
{
    if (!done) {
        ::_exit(1);
    }
}

/// What the workers share.
struct Place {
    const WorkPlan& plan;
    TestEmulator& aws;
    int pipe;
    std::atomic<std::uint64_t> version;

    /// Does it, and tells before and after.
    template <class Step>
    void run(Report report, Step step)
    {
        tell(report);
        step(report);
        report.is_done = 1;
        tell(report);
    }

    Answer call(std::string_view action, const Parameters& parameters)
    {
        auto answer = aws.call(action, parameters);
        require(answer.ok());
        return answer;
    }

    void delete_one(Worker worker, Report::Kind kind, std::vector<std::string>& ids,
                    std::uint64_t index)
    {
        const auto id = ids[index % ids.size()];
        std::erase(ids, id);
        Report report{.kind = kind, .worker = worker};
        report.set_id(id);
        const bool is_volume = kind == Report::Kind::kDeleteVolume;
        run(report, [&](Report&) {
            call(is_volume ? "DeleteVolume" : "DeleteSnapshot",
                 {{is_volume ? "VolumeId" : "SnapshotId", id}});
        });
    }

private:
    void tell(const Report& report)
    {
        require(::write(pipe, &report, sizeof(report)) == sizeof(report));
    }
};

/// Writes, zeroes and flushes its half of the volume.
[[noreturn]] void write_blocks(Place& place, Worker worker, std::uint64_t seed) noexcept
{
    constexpr auto kHalf = kDiskSectors / 2;
    const auto begin = worker == Worker::kFirstClient ? 0 : kHalf;
    std::mt19937_64 random(seed);
    nbd::test::Client client(place.plan.socket_path);
    client.open(place.plan.volume);
    const auto ask = [&](nbd::Command command, const Report& report,
                         std::span<const std::byte> data, std::uint16_t flags) {
        const auto reply =
            client.ask(command, report.first * kSectorSize,
                       static_cast<std::uint32_t>(report.count * kSectorSize), data, flags);
        require(reply.error == nbd::Error::kNone);
    };
    while (true) {
        Report report{.worker = worker};
        const auto dice = random() % 20;
        if (dice == 0) {
            report.kind = Report::Kind::kFlush;
            place.run(report, [&](Report&) { ask(nbd::Command::kFlush, report, {}, 0); });
            continue;
        }
        const auto offset = random() % kHalf;
        report.first = begin + offset;
        report.count = std::min(1 + random() % 300, kHalf - offset);
        const bool is_fua = random() % 16 == 0;
        const auto flags = is_fua ? nbd::kCommandFua : std::uint16_t{0};
        if (dice < 5) {
            place.run(report, [&](Report&) { ask(nbd::Command::kWriteZeroes, report, {}, flags); });
            continue;
        }
        report.version = ++place.version;
        const auto bytes = stamped(report.first, report.count, report.version);
        place.run(report, [&](Report&) { ask(nbd::Command::kWrite, report, bytes, flags); });
    }
}

/// Uploads snapshots, each on the last one, and deletes old ones.
class Uploader {
public:
    Uploader(Place& place, std::uint64_t seed)
        : place_(place),
          random_(seed),
          id_(place.plan.upload),
          blocks_(place.plan.upload_blocks.begin(), place.plan.upload_blocks.end()),
          completed_(place.plan.completed_uploads)
    {
    }

    void step()
    {
        if (id_.empty()) {
            start();
        } else if (random_() % 5 == 0) {
            complete();
        } else {
            put();
        }
        if (completed_.size() > kKept) {
            place_.delete_one(Worker::kUploader, Report::Kind::kDeleteSnapshot, completed_, 0);
        }
    }

private:
    void start()
    {
        Report report{.kind = Report::Kind::kStart, .worker = Worker::kUploader};
        boost::json::object request{{"VolumeSize", 1}};
        if (!completed_.empty() && random_() % 2 == 0) {
            report.set_from(completed_.back());
            request["ParentSnapshotId"] = completed_.back();
        }
        place_.run(report, [&](Report& told) {
            const auto answer = ebs_.call("POST", "/snapshots", request);
            require(answer.ok());
            id_ = answer.text("/SnapshotId");
            told.set_id(id_);
        });
        blocks_.clear();
    }

    void put()
    {
        Report report{.kind = Report::Kind::kPut, .worker = Worker::kUploader};
        report.set_id(id_);
        report.first = random_() % kUploadBlocks;
        report.version = ++place_.version;
        const auto data = upload_block(report.first, report.version);
        const auto checksum = checksum_of(data);
        place_.run(report, [&](Report&) {
            require(ebs_.call("PUT", fmt::format("/snapshots/{}/blocks/{}", id_, report.first),
                              data,
                              {{"x-amz-Data-Length", std::to_string(data.size())},
                               {"x-amz-Checksum", checksum},
                               {"x-amz-Checksum-Algorithm", "SHA256"}})
                        .ok());
        });
        blocks_.insert(report.first);
    }

    void complete()
    {
        Report report{.kind = Report::Kind::kComplete, .worker = Worker::kUploader};
        report.set_id(id_);
        report.count = blocks_.size();
        place_.run(report, [&](Report&) {
            require(ebs_.call("POST", "/snapshots/completion/" + id_, "",
                              {{"x-amz-ChangedBlocksCount", std::to_string(blocks_.size())}})
                        .ok());
        });
        completed_.push_back(id_);
        id_.clear();
    }

    Place& place_;
    std::mt19937_64 random_;
    JsonCaller ebs_{place_.aws, "ebs"};
    std::string id_;
    std::set<std::uint64_t> blocks_;
    std::vector<std::string> completed_;
};

[[noreturn]] void upload(Place& place, std::uint64_t seed) noexcept
{
    Uploader uploader(place, seed);
    while (true) {
        uploader.step();
    }
}

/// Takes and deletes snapshots of the volume, makes and deletes volumes of them, tags.
[[noreturn]] void call(Place& place, std::uint64_t seed) noexcept
{
    constexpr auto kWorker = Worker::kCaller;
    std::mt19937_64 random(seed);
    auto snapshots = place.plan.snapshots;
    auto volumes = place.plan.volumes;
    while (true) {
        const auto dice = random() % 10;
        if (dice < 4 || snapshots.empty()) {
            place.run({.kind = Report::Kind::kCreateSnapshot, .worker = kWorker}, [&](Report&
                                                                                          told) {
                const auto answer = place.call("CreateSnapshot", {{"VolumeId", place.plan.volume}});
                snapshots.push_back(answer.text("snapshotId"));
                told.set_id(snapshots.back());
            });
        } else if (dice < 5) {
            Report report{.kind = Report::Kind::kCreateVolume, .worker = kWorker};
            report.set_from(snapshots[random() % snapshots.size()]);
            place.run(report, [&](Report& told) {
                const auto answer = place.call("CreateVolume", {{"AvailabilityZone", "us-east-1a"},
                                                                {"SnapshotId", report.from()}});
                volumes.push_back(answer.text("volumeId"));
                told.set_id(volumes.back());
            });
        } else if (dice < 7) {
            Report report{.kind = Report::Kind::kTag, .worker = kWorker};
            report.version = ++place.version;
            place.run(report, [&](Report&) {
                place.call("CreateTags", {{"ResourceId.1", place.plan.volume},
                                          {"Tag.1.Key", "version"},
                                          {"Tag.1.Value", std::to_string(report.version)}});
            });
        }
        if (snapshots.size() > kKept) {
            place.delete_one(kWorker, Report::Kind::kDeleteSnapshot, snapshots, random());
        }
        if (volumes.size() > kKept) {
            place.delete_one(kWorker, Report::Kind::kDeleteVolume, volumes, random());
        }
    }
}

}  // namespace

std::string upload_block(std::uint64_t block, std::uint64_t version)
{
    const auto bytes = stamped(block * kSectorsPerUploadBlock, kSectorsPerUploadBlock, version);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void work_until_killed(const WorkPlan& plan, int pipe) noexcept
{
    TestEmulator aws(plan.path);
    aws.data().sweep();
    boost::asio::io_context io_context{1};
    nbd::Server::Options options;
    options.unix_path = plan.socket_path;
    options.report = [](std::exception_ptr) { ::_exit(1); };
    const nbd::Server server(io_context, aws.data(), std::move(options));
    std::thread listener([&] { io_context.run(); });

    Place place{.plan = plan, .aws = aws, .pipe = pipe, .version = plan.last_version};
    std::mt19937_64 random(plan.seed);
    std::thread first(write_blocks, std::ref(place), Worker::kFirstClient, random());
    std::thread second(write_blocks, std::ref(place), Worker::kSecondClient, random());
    std::thread uploader(upload, std::ref(place), random());
    call(place, random());
}

}  // namespace amilab::test
