#include "storage/generation.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include "storage/metadata/migrations.h"
#include "storage/metadata/setting_rows.h"
#include "storage/storage_error.h"

namespace amilab {

namespace {

constexpr off_t kReserveBytes = 4 << 20;

}  // namespace

Generation::Generation(std::string path, Durability durability, Background& background,
                       const std::optional<std::string>& seed)
    : path_(std::move(path)), durability_(durability), background_(background)
{
    writer_ = open_connection(database_path(), Database::Mode::kReadWrite, durability);
    migrate(*writer_);
    if (seed) {
        IdSource::set_seed(*writer_, *seed);
    }
    ids_ = std::make_unique<IdSource>(*writer_);
    restore_settings();
    blocks_ = std::make_unique<BlockStore>(
        path_ + "/layers",
        BlockStore::Options{.make_metadata_durable = [this] { make_metadata_durable(); }});
}

Generation::~Generation()
{
    blocks_.reset();
    idle_readers_.clear();
    ids_.reset();
    writer_.reset();
    if (discarded_.load()) {
        background_.post([path = path_] { std::filesystem::remove_all(path); });
    }
}

Generation::Reader Generation::reader()
{
    {
        const std::lock_guard lock(readers_mutex_);
        if (!idle_readers_.empty()) {
            auto db = std::move(idle_readers_.back());
            idle_readers_.pop_back();
            return {*this, std::move(db)};
        }
    }
    return {*this, open_connection(database_path(), Database::Mode::kReadOnly, durability_)};
}

Generation::Reader::~Reader()
{
    if (db_) {
        const std::lock_guard lock(generation_->readers_mutex_);
        generation_->idle_readers_.push_back(std::move(db_));
    }
}

void Generation::restore_settings()
{
    clock_.restore(read_clock_setting(*writer_));
    for (const auto& [name, delay_ms] : read_delay_settings(*writer_)) {
        if (const auto delay = Delays::by_name(name)) {
            delays_.set(*delay, delay_ms);
        }
    }
}

void Generation::make_metadata_durable()
{
    if (durability_ == Durability::kPrivate) {
        return;
    }
    // In WAL mode every commit is in the -wal file until a checkpoint has synced it into the
    // database, so one sync of that file makes all of them durable.
    const auto path = database_path() + "-wal";
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        throw StorageError(errno, "open", path);
    }
    const int result = fdatasync(file);
    const int error = errno;
    close(file);
    if (result != 0) {
        throw StorageError(error, "fdatasync", path);
    }
}

void Generation::make_reserve()
{
    const auto path = path_ + "/reserve";
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        return;  // nothing hangs on it but deletes on a full disk
    }
    const int result = posix_fallocate(file, 0, kReserveBytes);
    close(file);
    if (result != 0) {
        unlink(path.c_str());
    }
}

void Generation::give_up_reserve()
{
    unlink((path_ + "/reserve").c_str());
}

}  // namespace amilab
