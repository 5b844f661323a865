// A server that clients write to by every door at once, killed at random points.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cstdlib>
#include <random>

#include <fmt/format.h>

#include "storage/state/check.h"
#include "tests/server/services/ebs/ebs_support.h"
#include "tests/server/services/ec2/kill_model.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/disks.h"

namespace amilab::test {
namespace {

using ::testing::IsEmpty;

class KilledServer : public ::testing::Test {
protected:
    /// One process from its start to its end by SIGKILL.
    void live_and_die();
    /// A new process finds what the last one acknowledged.
    void verify();

    std::string path_in(const std::string& name) const { return directory_.path() + "/" + name; }

    std::mt19937_64 random_{std::hash<std::string>()(amilab::test::test_seed())};
    TemporaryDirectory directory_;
    std::string data_ = path_in("data");
    KillModel known_;

private:
    void resolve_snapshots(TestEmulator& aws);
    void resolve_unknown(TestEmulator& aws, const std::string& id, const std::string& volume);
    void resolve_volumes(TestEmulator& aws);
    void resolve_tag(TestEmulator& aws);
    void check_bytes(TestEmulator& aws);
    void go_on_with_uploads(TestEmulator& aws);
};

void KilledServer::live_and_die()
{
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    auto plan = known_.plan();
    plan.path = data_;
    plan.socket_path = path_in("socket");
    plan.seed = random_();
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        ::close(pipe[0]);
        work_until_killed(plan, pipe[1]);
    }
    ::close(pipe[1]);
    const auto kill_at = 1 + random_() % 300;
    Report report;
    for (std::uint64_t heard = 1; ::read(pipe[0], &report, sizeof(report)) == sizeof(report);
         ++heard) {
        if (heard == kill_at) {
            ::kill(child, SIGKILL);
        }
        known_.hear(report);
    }
    ::close(pipe[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the child failed";
    known_.end_life();
}

/// A snapshot that nobody was told of is one that was being made.
void KilledServer::resolve_unknown(TestEmulator& aws, const std::string& id,
                                   const std::string& volume)
{
    const auto& call = known_.begun_by(Worker::kCaller);
    if (volume == known_.volume) {
        ASSERT_TRUE(call && call->kind == Report::Kind::kCreateSnapshot) << id;
        known_.snapshots.emplace(id, KillModel::SnapshotModel{known_.snapshot_under_way()});
        return;
    }
    const auto& start = known_.begun_by(Worker::kUploader);
    ASSERT_TRUE(start && start->kind == Report::Kind::kStart) << id;
    delete_snapshot(aws, id);
}

void KilledServer::resolve_snapshots(TestEmulator& aws)
{
    const auto answer = aws.must("DescribeSnapshots", {{"Owner.1", "self"}});
    std::map<std::string, std::string> states;
    for (const auto& found : answer.root().select_nodes("snapshotSet/item")) {
        const std::string id = found.node().child_value("snapshotId");
        states.emplace(id, found.node().child_value("status"));
        if (!known_.snapshots.contains(id)) {
            resolve_unknown(aws, id, found.node().child_value("volumeId"));
        }
    }
    for (const auto worker : {Worker::kCaller, Worker::kUploader}) {
        const auto& begun = known_.begun_by(worker);
        if (begun && begun->kind == Report::Kind::kDeleteSnapshot &&
            !states.contains(begun->id())) {
            known_.snapshots.erase(begun->id());
        }
    }
    const auto& upload = known_.begun_by(Worker::kUploader);
    for (auto& [id, model] : known_.snapshots) {
        ASSERT_TRUE(states.contains(id)) << id << " is gone";
        const bool may_be_completed =
            upload && upload->kind == Report::Kind::kComplete && upload->id() == id;
        if (may_be_completed && states[id] == "completed") {
            model.open_blocks.reset();
        }
        ASSERT_EQ(states[id], model.open_blocks ? "pending" : "completed") << id;
    }
}

void KilledServer::resolve_volumes(TestEmulator& aws)
{
    const auto answer = aws.must("DescribeVolumes");
    const auto& begun = known_.begun_by(Worker::kCaller);
    std::set<std::string> there;
    for (const auto& found : answer.root().select_nodes("volumeSet/item")) {
        const std::string id = found.node().child_value("volumeId");
        there.insert(id);
        if (id != known_.volume && !known_.volumes.contains(id)) {
            ASSERT_TRUE(begun && begun->kind == Report::Kind::kCreateVolume) << id;
            ASSERT_EQ(found.node().child_value("snapshotId"), begun->from());
            known_.volumes.emplace(id, known_.snapshots.at(begun->from()).bytes);
        }
    }
    if (begun && begun->kind == Report::Kind::kDeleteVolume && !there.contains(begun->id())) {
        known_.volumes.erase(begun->id());
    }
    ASSERT_EQ(there.size(), known_.volumes.size() + 1) << "an acknowledged call is gone";
}

void KilledServer::resolve_tag(TestEmulator& aws)
{
    const auto text = aws.must("DescribeVolumes", {{"VolumeId.1", known_.volume}})
                          .text("volumeSet/item/tagSet/item/value");
    const auto found = text.empty() ? 0 : std::stoull(text);
    const auto& begun = known_.begun_by(Worker::kCaller);
    if (begun && begun->kind == Report::Kind::kTag && found == begun->version) {
        known_.tag = found;
    }
    ASSERT_EQ(found, known_.tag);
}

/// From the second time on each snapshot holds exactly what it held the first time.
void KilledServer::check_bytes(TestEmulator& aws)
{
    const auto all = [](auto& disk, SectorModel& model) {
        return model.allows(0, read_bytes(*disk, 0, model.size() * kSectorSize), true);
    };
    auto disk = open_volume(aws, known_.volume);
    ASSERT_TRUE(all(disk, known_.bytes)) << known_.volume;
    for (auto& [id, model] : known_.volumes) {
        disk = open_volume(aws, id);
        ASSERT_TRUE(all(disk, model)) << id;
    }
    for (auto& [id, model] : known_.snapshots) {
        if (!model.open_blocks) {
            const auto snapshot = open_snapshot(aws, id);
            ASSERT_TRUE(all(snapshot, model.bytes)) << id;
        }
    }
}

/// As their client would: a block that was not acknowledged is put again. Half of the uploads are
/// completed here, the others by the next process.
void KilledServer::go_on_with_uploads(TestEmulator& aws)
{
    const JsonCaller ebs(aws, "ebs");
    const auto begun = known_.begun_by(Worker::kUploader);
    for (auto& [id, model] : known_.snapshots) {
        if (begun && begun->kind == Report::Kind::kPut && begun->id() == id) {
            const auto data = upload_block(begun->first, ++known_.last_version);
            ASSERT_TRUE(ebs.call("PUT", fmt::format("/snapshots/{}/blocks/{}", id, begun->first),
                                 data,
                                 {{"x-amz-Data-Length", std::to_string(data.size())},
                                  {"x-amz-Checksum", checksum_of(data)},
                                  {"x-amz-Checksum-Algorithm", "SHA256"}})
                            .ok());
            model.bytes.wrote(begun->first * kSectorsPerUploadBlock, kSectorsPerUploadBlock,
                              known_.last_version);
            model.open_blocks->insert(begun->first);
        }
        if (model.open_blocks && random_() % 2 == 0) {
            const auto count = std::to_string(model.open_blocks->size());
            const auto answer = ebs.call("POST", "/snapshots/completion/" + id, "",
                                         {{"x-amz-ChangedBlocksCount", count}});
            ASSERT_TRUE(answer.ok()) << answer.body;
            model.open_blocks.reset();
        }
    }
}

void KilledServer::verify()
{
    TestEmulator aws(data_);
    aws.data().sweep();
    resolve_snapshots(aws);
    resolve_volumes(aws);
    resolve_tag(aws);
    check_bytes(aws);
    go_on_with_uploads(aws);
    aws.data().background().drain();
    check_bytes(aws);
    known_.forget_begun();
}

/// AMILAB_KILLS, else 20, or 500 with AMILAB_LONG.
std::uint64_t kills()
{
    const char* given = std::getenv("AMILAB_KILLS");
    return given != nullptr ? std::stoull(given) : patience() > 1 ? 500 : 20;
}

TEST_F(KilledServer, KeepsWhatItAcknowledgedAndLeaksNothing)
{
    {
        TestEmulator aws(data_);
        known_.volume = create_volume(aws);
    }
    std::size_t leftovers = 0;
    for (std::uint64_t life = 0; life < kills(); ++life) {
        live_and_die();
        ASSERT_FALSE(HasFatalFailure()) << "in life " << life;
        if (life % 4 == 0) {
            const auto killed = check_data_directory(data_);
            ASSERT_THAT(killed.problems, IsEmpty()) << "right after the kill of life " << life;
            leftovers += killed.leftovers.size();
        }
        verify();
        ASSERT_FALSE(HasFailure()) << "after life " << life;
        const auto report = check_data_directory(data_);
        ASSERT_THAT(report.problems, IsEmpty()) << "after life " << life;
        ASSERT_THAT(report.leftovers, IsEmpty()) << "after life " << life;
    }
    std::cout << kills() << " kills, " << known_.acknowledged << " acknowledged operations, "
              << leftovers << " leftovers, in every fourth life, that the next start removed\n";
}

}  // namespace
}  // namespace amilab::test
