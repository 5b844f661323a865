#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <random>
#include <vector>

#include "storage/blocks/block_store.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

constexpr std::uint64_t kSectors = 8 * (kBlockSize / kSectorSize) + 3;
constexpr std::uint64_t kSize = kSectors * kSectorSize;

/// What the child tells before and after each thing it does.
struct Report {
    enum class Kind : std::uint64_t { kBegun, kAcknowledged, kSealed };
    Kind kind = Kind::kBegun;
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    /// Of the write; of a seal the new top.
    std::uint64_t version = 0;
};

void tell(int pipe, const Report& report)
{
    if (::write(pipe, &report, sizeof(report)) != sizeof(report)) {
        ::_exit(1);
    }
}

/// Writes, zeroes and seals until it is killed. Any error ends it otherwise, which the test sees.
[[noreturn]] void work(const std::string& directory, std::vector<LayerId> chain, std::uint64_t seed,
                       std::uint64_t version, int pipe) noexcept
{
    PosixFileSystem files;
    BlockStore store(files, directory, {.highest_known_layer = chain.front()});
    const auto volume = store.open_volume(chain, kSize);
    std::mt19937_64 random(seed);
    while (true) {
        const auto dice = random() % 20;
        if (dice == 0) {
            auto gate = volume->close_gate(store.new_layer_id());
            tell(pipe, {Report::Kind::kSealed, 0, 0, to_number(gate.next_top())});
            gate.swap_top();
            continue;
        }
        const auto first = random() % kSectors;
        const auto count = std::min(1 + random() % 300, kSectors - first);
        Report report{Report::Kind::kBegun, first, count, dice < 4 ? 0 : ++version};
        tell(pipe, report);
        if (report.version == 0) {
            volume->write_zeroes(first * kSectorSize, count * kSectorSize);
        } else {
            volume->write(first * kSectorSize, stamped(first, count, report.version));
        }
        report.kind = Report::Kind::kAcknowledged;
        tell(pipe, report);
    }
}

TEST(KilledProcess, LosesNothingAcknowledged)
{
    std::mt19937_64 random(test_seed());
    TemporaryDirectory directory;
    PosixFileSystem files;
    std::vector<LayerId> chain = {LayerId{1}};
    SectorModel model(kSectors);
    std::uint64_t version = 0;
    for (std::uint64_t life = 0; life < 8 * patience(); ++life) {
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe(pipe.data()), 0);
        const auto seed = random();
        const auto child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(pipe[0]);
            work(directory.path(), chain, seed, version, pipe[1]);
        }
        ::close(pipe[1]);
        const auto kill_at = 1 + random() % 300;
        Report report;
        std::optional<Report> begun;
        for (std::uint64_t heard = 1; ::read(pipe[0], &report, sizeof(report)) == sizeof(report);
             ++heard) {
            if (heard == kill_at) {
                ASSERT_EQ(::kill(child, SIGKILL), 0);
            }
            version = std::max(version, report.version);
            switch (report.kind) {
                case Report::Kind::kBegun:
                    begun = report;
                    break;
                case Report::Kind::kAcknowledged:
                    model.wrote(report.first, report.count, report.version);
                    begun.reset();
                    break;
                case Report::Kind::kSealed:
                    chain.insert(chain.begin(), LayerId{report.version});
                    break;
            }
        }
        ::close(pipe[0]);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the child failed";
        if (begun) {
            model.may_have_written(begun->first, begun->count, begun->version);
        }
        BlockStore store(files, directory.path(), {.highest_known_layer = chain.front()});
        const auto volume = store.open_volume(chain, kSize);
        ASSERT_TRUE(model.allows(0, read_bytes(*volume, 0, kSize), true)) << "after life " << life;
    }
}

}  // namespace
}  // namespace amilab
