#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <random>

#include "storage/check.h"
#include "storage/metadata/layer_rows.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/disks.h"

namespace amilab::test {
namespace {

using ::testing::IsEmpty;

constexpr std::uint64_t kSectors = 8 * (kBlockSize / kSectorSize);

/// What the child tells before and after each thing it does.
struct Report {
    enum class Kind : std::uint32_t { kWrite, kSnapshot, kDelete };
    Kind kind = Kind::kWrite;
    std::uint32_t is_done = 0;
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::uint64_t version = 0;
    std::array<char, 24> id{};

    std::string text() const { return id.data(); }
    void set(const std::string& text) { std::memcpy(id.data(), text.data(), text.size()); }
};

void tell(int pipe, Report report, bool is_done)
{
    report.is_done = is_done ? 1 : 0;
    if (::write(pipe, &report, sizeof(report)) != sizeof(report)) {
        ::_exit(1);
    }
}

/// What must be there, as far as the parent has heard.
struct Known {
    std::string volume;
    SectorModel bytes{kSectors};
    std::map<std::string, SectorModel> snapshots;
    std::uint64_t version = 0;
};

/// Writes, snapshots and deletes until it is killed, with merging and indexes in the background.
[[noreturn]] void work(const std::string& path, const Known& known, std::uint64_t seed,
                       int pipe) noexcept
{
    TestEmulator aws(path);
    aws.data().sweep();
    std::mt19937_64 random(seed);
    auto version = known.version;
    std::vector<std::string> snapshots;
    for (const auto& [id, model] : known.snapshots) {
        snapshots.push_back(id);
    }
    const auto volume = open_volume(aws, known.volume);
    while (true) {
        Report report;
        const auto dice = random() % 10;
        if (dice < 6) {
            report.first = random() % kSectors;
            report.count = std::min(1 + random() % 300, kSectors - report.first);
            report.version = ++version;
            tell(pipe, report, false);
            volume->write(report.first * kSectorSize, stamped(report.first, report.count, version));
        } else if (dice < 8 || snapshots.size() < 4) {
            report.kind = Report::Kind::kSnapshot;
            tell(pipe, report, false);
            snapshots.push_back(create_snapshot(aws, known.volume));
            report.set(snapshots.back());
        } else {
            const auto index = random() % snapshots.size();
            report.kind = Report::Kind::kDelete;
            report.set(snapshots[index]);
            tell(pipe, report, false);
            delete_snapshot(aws, snapshots[index]);
            snapshots.erase(snapshots.begin() + static_cast<std::ptrdiff_t>(index));
        }
        tell(pipe, report, true);
    }
}

/// Enters what the child did until it was killed; what it had begun, if anything, is returned.
std::optional<Report> listen(int pipe, pid_t child, std::uint64_t kill_at, Known& known)
{
    std::optional<Report> begun;
    Report report;
    for (std::uint64_t heard = 1; ::read(pipe, &report, sizeof(report)) == sizeof(report);
         ++heard) {
        if (heard == kill_at) {
            ::kill(child, SIGKILL);
        }
        known.version = std::max(known.version, report.version);
        if (report.is_done == 0) {
            begun = report;
            continue;
        }
        begun.reset();
        switch (report.kind) {
            case Report::Kind::kWrite:
                known.bytes.wrote(report.first, report.count, report.version);
                break;
            case Report::Kind::kSnapshot:
                known.snapshots.emplace(report.text(), known.bytes);
                break;
            case Report::Kind::kDelete:
                known.snapshots.erase(report.text());
                break;
        }
    }
    return begun;
}

void verify(const std::string& path, const std::optional<Report>& begun, Known& known)
{
    TestEmulator aws(path);
    aws.data().sweep();
    if (begun && begun->kind == Report::Kind::kWrite) {
        known.bytes.may_have_written(begun->first, begun->count, begun->version);
    }
    const auto volume = read_bytes(*open_volume(aws, known.volume), 0, kSectors * kSectorSize);
    ASSERT_TRUE(known.bytes.allows(0, volume, true));
    const auto there =
        aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).texts("snapshotSet/item/snapshotId");
    for (const auto& id : there) {
        // One that was being made is whole, or is not there.
        if (!known.snapshots.contains(id)) {
            ASSERT_TRUE(begun && begun->kind == Report::Kind::kSnapshot) << id;
            known.snapshots.emplace(id, known.bytes);
        }
    }
    if (begun && begun->kind == Report::Kind::kDelete &&
        std::find(there.begin(), there.end(), begun->text()) == there.end()) {
        known.snapshots.erase(begun->text());
    }
    ASSERT_EQ(there.size(), known.snapshots.size()) << "an acknowledged call is gone";
    const auto check_snapshots = [&] {
        for (auto& [id, model] : known.snapshots) {
            const auto bytes = read_bytes(*open_snapshot(aws, id), 0, kSectors * kSectorSize);
            ASSERT_TRUE(model.allows(0, bytes, true)) << id;
        }
    };
    check_snapshots();
    aws.data().background().drain();
    check_snapshots();
}

std::uint64_t kills()
{
    const char* given = std::getenv("AMILAB_KILLS");
    return given != nullptr ? std::stoull(given) : 20;
}

TEST(KilledServer, KeepsWhatItAcknowledgedAndLeaksNothing)
{
    std::mt19937_64 random(amilab::test_seed());
    TemporaryDirectory directory;
    const auto path = directory.path() + "/data";
    Known known;
    {
        TestEmulator aws(path);
        known.volume = create_volume(aws);
    }
    for (std::uint64_t life = 0; life < kills(); ++life) {
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe(pipe.data()), 0);
        const auto seed = random();
        const auto child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(pipe[0]);
            work(path, known, seed, pipe[1]);
        }
        ::close(pipe[1]);
        const auto begun = listen(pipe[0], child, 1 + random() % 150, known);
        ::close(pipe[0]);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the child failed";
        const auto killed = check_data_directory(path);
        EXPECT_THAT(killed.problems, IsEmpty()) << "right after the kill of life " << life;
        verify(path, begun, known);
        ASSERT_FALSE(HasFatalFailure()) << "after life " << life;
        const auto report = check_data_directory(path);
        ASSERT_THAT(report.problems, IsEmpty()) << "after life " << life;
        ASSERT_THAT(report.leftovers, IsEmpty()) << "after life " << life;
    }
}

}  // namespace
}  // namespace amilab::test
