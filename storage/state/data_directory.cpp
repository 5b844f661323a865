#include "storage/state/data_directory.h"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <openssl/rand.h>

#include "storage/base/descriptors.h"
#include "storage/base/storage_error.h"
#include "storage/files/file_io.h"
#include "storage/files/posix_file_system.h"
#include "storage/state/generation.h"
#include "storage/state/restore.h"
#include "storage/state/rows_mark.h"
#include "storage/state/save.h"
#include "storage/state/stores.h"
#include "storage/upkeep/persistence.h"
#include "storage/upkeep/upkeep.h"

namespace amilab {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrivatePrefix = "amilab-private-";
constexpr std::string_view kGenerationPrefix = "generation-";
constexpr const char* kCurrent = "/current";
constexpr const char* kNextCurrent = "/current.new";

/// Nothing for a name that is not a generation's.
std::optional<std::uint64_t> number_of(std::string_view name)
{
    if (!name.starts_with(kGenerationPrefix)) {
        return std::nullopt;
    }
    name.remove_prefix(kGenerationPrefix.size());
    std::uint64_t number = 0;
    const auto result = std::from_chars(name.data(), name.data() + name.size(), number);
    if (result.ec != std::errc() || result.ptr != name.data() + name.size()) {
        return std::nullopt;
    }
    return number;
}

std::string make_private_folder()
{
    const char* base = std::getenv("TMPDIR");
    std::string pattern =
        fmt::format("{}/{}{}-XXXXXX", base != nullptr && *base != '\0' ? base : "/tmp",
                    kPrivatePrefix, getuid());
    if (mkdtemp(pattern.data()) == nullptr) {
        throw StorageError(errno, "make a private folder", pattern);
    }
    return pattern;
}

/// A new file, whose bytes are on their way to the disk when it has been made: what is synced after
/// it waits for both, and a sync of it for little more.
class NewFile {
public:
    NewFile(std::string path, std::string_view bytes, Durability durability)
        : path_(std::move(path)),
          durability_(durability),
          file_(open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600))
    {
        if (file_ < 0) {
            throw StorageError(errno, "create", path_);
        }
        const auto written = write(file_, bytes.data(), bytes.size());
        if (written != static_cast<ssize_t>(bytes.size())) {
            const int error = written < 0 ? errno : ENOSPC;
            close(file_);
            throw StorageError(error, "write", path_);
        }
        if (durability_ == Durability::kKept) {
            sync_file_range(file_, 0, 0, SYNC_FILE_RANGE_WRITE);
        }
    }
    ~NewFile() { close(file_); }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    void sync()
    {
        if (durability_ == Durability::kKept && fdatasync(file_) != 0) {
            throw StorageError(errno, "fdatasync", path_);
        }
    }

private:
    const std::string path_;
    const Durability durability_;
    const int file_;
};

void sync_folder(const std::string& path, Durability durability)
{
    if (durability == Durability::kPrivate) {
        return;
    }
    const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || fsync(folder) != 0) {
        const int error = errno;
        if (folder >= 0) {
            close(folder);
        }
        throw StorageError(error, "fsync", path);
    }
    close(folder);
}

std::string random_seed()
{
    std::array<unsigned char, 16> bytes;
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw StorageError(EIO, "seed", "ids", "OpenSSL has no random bytes");
    }
    std::string text;
    for (const auto byte : bytes) {
        text += fmt::format("{:02x}", byte);
    }
    return text;
}

/// Whether a server holds the private folder. The one that made it a moment ago may not have locked
/// it yet, and only then writes which it is; until it has, a young folder counts as held, and its
/// lock is left alone.
bool is_held(const fs::path& folder)
{
    std::error_code error;
    if (const auto size = fs::file_size(folder / "lock", error); error || size == 0) {
        const auto age = fs::file_time_type::clock::now() - fs::last_write_time(folder, error);
        return error || age < std::chrono::minutes(1);
    }
    DirectoryLock lock(folder.string(), O_RDWR);
    return !lock.is_open() || !lock.take();
}

void sweep_private_folders(const std::string& own)
{
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(fs::path(own).parent_path(), error)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(fmt::format("{}{}-", kPrivatePrefix, getuid())) &&
            entry.path() != own && !is_held(entry.path())) {
            fs::remove_all(entry.path(), error);
        }
    }
}

/// A server that died while it made its first generation leaves one without a layer, and only that
/// one. Any other is somebody's state, and so is one that the disk does not let us look at: then it
/// throws std::filesystem::filesystem_error.
void refuse_lost_generations(const std::string& data_directory)
{
    for (const auto& entry : fs::directory_iterator(data_directory)) {
        const auto number = number_of(entry.path().filename().string());
        const auto layers = entry.path() / "layers";
        const bool has_layers = fs::exists(layers) && !fs::is_empty(layers) &&
                                !fs::exists(restoring_mark_path(entry.path().string()));
        if (number && (*number != 1 || has_layers)) {
            throw StorageError(ENOENT, "read", data_directory + kCurrent,
                               fmt::format("the file is missing, and {} is there; write its name "
                                           "to that file, or move it away",
                                           entry.path().filename().string()));
        }
    }
}

/// What may lie in a folder that state is kept in, beside the state: what makes a folder of a
/// repository or a file system, and what servers write.
bool may_lie_beside(const fs::directory_entry& entry)
{
    constexpr std::array<std::string_view, 7> kNames = {
        "lock", "current.new", "lost+found", ".gitignore", ".gitkeep", ".keep", "nohup.out"};
    std::error_code error;
    const auto name = entry.path().filename().string();
    return number_of(name) || std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
           name.ends_with(".log") || name.ends_with(".pid") || entry.is_socket(error);
}

/// A folder that is somebody's, and was named by mistake, gets no state.
void refuse_other_files(const std::string& data_directory)
{
    if (fs::exists(data_directory + kCurrent)) {
        return;
    }
    for (const auto& entry : fs::directory_iterator(data_directory)) {
        if (!may_lie_beside(entry)) {
            throw StorageError(
                ENOTEMPTY, "use the data directory", data_directory,
                fmt::format("it holds other files, {} among them, and no state of amilab; name a "
                            "new or an empty folder",
                            entry.path().filename().string()));
        }
    }
}

/// The first word of the file.
std::string read_name(File& file)
{
    constexpr std::size_t kLongest = 64;
    std::string text(kLongest, '\0');
    text.resize(read_fully(file, 0, std::as_writable_bytes(std::span(text))));
    return text.substr(0, text.find_first_of(" \n"));
}

}  // namespace

std::optional<std::string> read_current_generation(const std::string& data_directory)
{
    const auto path = data_directory + kCurrent;
    const auto file = PosixFileSystem().open_if_exists(path, OpenMode::kRead);
    if (!file) {
        refuse_lost_generations(data_directory);
        return std::nullopt;
    }
    const auto name = read_name(*file);
    if (!number_of(name)) {
        throw StorageError(EINVAL, "read", path,
                           "it names no generation; expected such as generation-1");
    }
    const auto database = data_directory + "/" + name + "/metadata.sqlite";
    if (!fs::exists(database)) {
        throw StorageError(ENOENT, "open", database, "the database is missing");
    }
    return name;
}

DataDirectory::DataDirectory(Options options)
    : options_(std::move(options)),
      path_(options_.path ? *options_.path : make_private_folder()),
      durability_(options_.path ? options_.durability : Durability::kPrivate)
{
    std::error_code error;
    const bool is_new = fs::create_directories(path_, error) || !options_.path;
    if (error) {
        throw StorageError(error.value(), "create the data directory", path_);
    }
    try {
        open_or_make();
    } catch (const fs::filesystem_error& refused) {
        give_up(is_new);
        const auto& path = refused.path1();
        throw StorageError(refused.code().value(), "use the data directory",
                           path.empty() ? path_ : path.string());
    } catch (...) {
        give_up(is_new);
        throw;
    }
    options_.from.reset();
}

void DataDirectory::give_up(bool is_new)
{
    std::error_code error;
    if (options_.from && is_new) {
        fs::remove_all(path_, error);
    }
}

void DataDirectory::open_or_make()
{
    const Lock lock(reset_mutex_);  // nobody waits for it yet
    refuse_other_files(path_);
    take_lock();
    background_ = std::make_unique<Background>(options_.report);
    const auto name = read_current_generation(path_);
    if (!name) {
        remove_half_restored();
        exchange_current(make_generation());
        return;
    }
    if (options_.from) {
        throw StorageError(EEXIST, "put the save back into", path_,
                           "there is state already; name a new folder, or start without --from");
    }
    first_number_ = *number_of(*name);
    next_number_ = first_number_ + 1;
    exchange_current(open_generation(path_ + "/" + *name));
}

void DataDirectory::remove_half_restored()
{
    for (const auto& entry : fs::directory_iterator(path_)) {
        if (number_of(entry.path().filename().string()) &&
            fs::exists(restoring_mark_path(entry.path().string()))) {
            fs::remove_all(entry.path());
        }
    }
}

std::shared_ptr<Generation> DataDirectory::open_generation(const std::string& folder)
{
    // What a process left that was killed while it saved, or when it had just put a save back.
    unlink(saved_rows_path(folder).c_str());
    unlink(restoring_mark_path(folder).c_str());
    try {
        require_rows(folder + "/metadata.sqlite", folder);
        return std::make_shared<Generation>(folder, durability_, *background_, options_.seed,
                                            options_.catalogue, options_.account_limits,
                                            options_.checksums);
    } catch (const StorageError& error) {
        if (!error.is_damage()) {
            throw;
        }
        // The statement that met it helps nobody who has to mend it.
        throw StorageError(error.error_number, "read", error.path,
                           fmt::format("{}; `amilab check {}` says what is damaged and what hangs "
                                       "on it",
                                       error.detail, path_));
    }
}

DataDirectory::~DataDirectory()
{
    current()->stores().upkeep().stop();
    background_->drop_idle();
    // What is queued may want the generation, so it comes first.
    background_->drain();
    remove_spare();
    exchange_current(nullptr);
    background_.reset();
    std::error_code error;
    if (durability_ == Durability::kPrivate) {
        fs::remove_all(path_, error);
    }
}

void DataDirectory::take_lock()
{
    const auto path = path_ + "/lock";
    auto& lock = lock_.emplace(path_, O_RDWR | O_CREAT);
    if (!lock.is_open()) {
        throw StorageError(errno, "lock the data directory", path_);
    }
    if (!lock.take()) {
        char holder[32] = {};
        const auto size = pread(lock.number(), holder, sizeof holder - 1, 0);
        throw StorageError(
            EBUSY, "lock the data directory", path_,
            fmt::format("another amilab serves it{}; stop that one or use another --data",
                        size > 0 ? fmt::format(" (process {})", holder) : ""));
    }
    const auto self = std::to_string(getpid());
    if (ftruncate(lock.number(), 0) != 0 ||
        pwrite(lock.number(), self.data(), self.size(), 0) != static_cast<ssize_t>(self.size())) {
        throw StorageError(errno, "write", path);
    }
}

std::string DataDirectory::next_name()
{
    auto name = fmt::format("{}{}", kGenerationPrefix, next_number_++);
    std::error_code error;
    fs::remove_all(path_ + "/" + name, error);  // what a server that died in a reset left
    return name;
}

std::shared_ptr<Generation> DataDirectory::make_generation()
{
    auto [name, generation] = std::exchange(spare_, std::nullopt).value_or(Named{});
    if (!generation) {
        name = next_name();
    }
    const auto folder = path_ + "/" + name;
    std::error_code error;
    try {
        NewFile next(path_ + kNextCurrent, name + "\n", durability_);
        if (!generation) {
            generation = options_.from ? fill_from_save(folder) : fill_generation(folder);
        }
        next.sync();
    } catch (const std::exception&) {
        generation.reset();
        fs::remove_all(folder, error);
        unlink((path_ + kNextCurrent).c_str());
        throw;
    }
    switch_current();
    unlink(restoring_mark_path(folder).c_str());
    return generation;
}

std::shared_ptr<Generation> DataDirectory::fill_from_save(const std::string& folder)
{
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        throw StorageError(error.value(), "create", folder);
    }
    NewFile(restoring_mark_path(folder), "", durability_).sync();
    sync_folder(folder, durability_);
    restore_save(*options_.from, folder, durability_, boot_id_of(durability_));
    auto generation = std::make_shared<Generation>(folder, durability_, *background_, options_.seed,
                                                   options_.catalogue, options_.account_limits,
                                                   options_.checksums);
    generation->stores().persistence().make_metadata_durable();
    sync_folder(folder, durability_);
    return generation;
}

std::shared_ptr<Generation> DataDirectory::fill_generation(const std::string& folder)
{
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        throw StorageError(error.value(), "create", folder);
    }
    // SQLite locks the file, and a lock goes with whatever descriptor of it is closed.
    NewFile(folder + "/metadata.sqlite", empty_database(), durability_).sync();
    auto generation = std::make_shared<Generation>(
        folder, durability_, *background_, options_.seed ? options_.seed : random_seed(),
        options_.catalogue, options_.account_limits, options_.checksums);
    // One sync of the disk has it all: the file before, the WAL's after it.
    if (durability_ == Durability::kKept) {
        write_rows_mark_file(folder, 1);
    }
    generation->stores().persistence().make_metadata_durable();
    sync_folder(folder, durability_);
    return generation;
}

void DataDirectory::switch_current()
{
    const auto path = path_ + kCurrent;
    const auto next = path_ + kNextCurrent;
    if (rename(next.c_str(), path.c_str()) != 0) {
        throw StorageError(errno, "rename", path);
    }
    sync_folder(path_, durability_);
}

std::shared_ptr<Generation> DataDirectory::exchange_current(std::shared_ptr<Generation> next)
{
    const Lock lock(current_mutex_);
    return std::exchange(current_, std::move(next));
}

void DataDirectory::reset()
{
    const Lock lock(reset_mutex_);
    auto fresh = make_generation_on_full_disk();
    auto old = exchange_current(std::move(fresh));
    current()->stores().reserve().take_over(old->stores().reserve());
    old->discard([this] {
        // What of it was used has room now. Nobody is in force when the server ends.
        if (const auto generation = current()) {
            generation->stores().reserve().make();
        }
    });
    // To close its database takes a while; who has asked for the reset does not wait for that.
    background_->post([old = std::move(old)]() mutable { old.reset(); });
    background_->post([this] { make_spare(); });
}

void DataDirectory::make_spare()
{
    constexpr std::size_t kDescriptorsToSpare = 256;
    const Lock lock(reset_mutex_);
    if (spare_ || descriptor_limit() < kDescriptorsToSpare) {
        return;
    }
    auto name = next_name();
    const auto folder = path_ + "/" + name;
    try {
        spare_ = Named{std::move(name), fill_generation(folder)};
    } catch (const std::exception&) {
        // The next reset makes its own, and tells.
        std::error_code error;
        fs::remove_all(folder, error);
    }
}

void DataDirectory::remove_spare()
{
    const Lock lock(reset_mutex_);
    if (const auto spare = std::exchange(spare_, std::nullopt)) {
        spare->generation->discard([] {});
    }
}

std::shared_ptr<Generation> DataDirectory::make_generation_on_full_disk()
{
    const auto make_if_there_is_room = [this]() REQUIRES(reset_mutex_) {
        try {
            return make_generation();
        } catch (const StorageError& error) {
            if (!error.is_full_disk()) {
                throw;
            }
            return std::shared_ptr<Generation>();
        }
    };
    auto fresh = make_if_there_is_room();
    if (!fresh && current()->stores().reserve().give_up()) {
        fresh = make_if_there_is_room();
    }
    if (fresh) {
        return fresh;
    }
    current()->give_up_layers();
    return make_generation();
}

void DataDirectory::sweep()
{
    const Lock lock(reset_mutex_);
    const auto generation = current();
    generation->stores().reserve().make();
    generation->catch_up();
    if (durability_ == Durability::kPrivate) {
        sweep_private_folders(path_);
        return;
    }
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(path_, error)) {
        // Those that a reset of this server has discarded go by themselves, with their last call.
        const auto number = number_of(entry.path().filename().string());
        if (number && (*number < first_number_ || *number >= next_number_)) {
            fs::remove_all(entry.path(), error);
        }
    }
}

}  // namespace amilab
