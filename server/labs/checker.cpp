#include "server/labs/checker.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "server/calls/secrets.h"
#include "server/labs/lab_error.h"
#include "server/labs/snapshot_disk.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab::labs {

namespace json = boost::json;

namespace {

std::string replaced_names(std::string text, const std::string& account, std::string_view region)
{
    for (const auto& [name, value] :
         {std::pair<std::string_view, std::string_view>("${ACCOUNT}", account),
          std::pair<std::string_view, std::string_view>("${REGION}", region)}) {
        for (auto at = text.find(name); at != text.npos; at = text.find(name, at + value.size())) {
            text.replace(at, name.size(), value);
        }
    }
    return text;
}

std::string hexadecimal(std::string_view bytes)
{
    std::string digits;
    for (const char byte : bytes) {
        digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    }
    return digits;
}

std::string_view text_at(const json::value& root, std::string_view pointer)
{
    const auto found = select(root, pointer);
    return found.empty() || !found.front()->is_string()
               ? std::string_view()
               : std::string_view(found.front()->get_string());
}

/// A disk with what is found on it.
struct OpenDisk {
    std::unique_ptr<LabDisk> disk;
    std::unique_ptr<DiskFiles> files;
};

class Checker {
public:
    Checker(const LabClient& client, std::string account, const DiskAccess& access)
        : client_(client), account_(std::move(account)), access_(access)
    {
    }

    CheckOutcome outcome(const LabCheck& check)
    {
        CheckOutcome made{.step = check.step,
                          .title = check.title,
                          .is_right = false,
                          .points = check.points,
                          .hint = check.hint,
                          .fault = {}};
        try {
            made.is_right = is_right(check, made.fault);
        } catch (const LookFault& fault) {
            made.fault = fault.what();
        }
        return made;
    }

private:
    bool is_right(const LabCheck& check, std::string& fault)
    {
        const auto replace = [&](std::string_view text) {
            return replaced_names(std::string(text), account_, client_.identity().region);
        };
        const ModelCall call{.service = check.call.service,
                             .operation = check.call.operation,
                             .parameters = replaced(check.call.parameters, replace).as_object(),
                             .region = check.call.region};
        const auto& answer = answer_of(call);
        const bool wants_refusal =
            std::any_of(check.expect.begin(), check.expect.end(),
                        [](const auto& one) { return one.wanted == Operator::kError; });
        if (!answer.refusal.empty() && !wants_refusal) {
            fault = refusal_of(call, answer);
        }
        const bool is_expected =
            std::all_of(check.expect.begin(), check.expect.end(),
                        [&](const auto& one) { return holds(one, answer, replace); });
        return is_expected && (!check.look || looks_right(*check.look, call, answer, replace));
    }

    const ModelAnswer& answer_of(const ModelCall& call)
    {
        const auto key = fmt::format("{} {} {} {}", call.service, call.operation, call.region,
                                     json::serialize(call.parameters));
        const auto found = answers_.find(key);
        return found != answers_.end() ? found->second
                                       : answers_.emplace(key, client_.call(call)).first->second;
    }

    bool looks_right(const DiskLook& look, const ModelCall& call, const ModelAnswer& answer,
                     const Replace& replace)
    {
        const json::value members = answer.members;
        const auto id = std::string(text_at(members, look.of));
        if (id.empty()) {
            return false;
        }
        try {
            const auto& disk = disk_of(id, std::string(client_.region_of(call)));
            return is_there(disk, look, replace) == look.present;
        } catch (const LookFault& fault) {
            throw LookFault(fmt::format("cannot look into {}: {}", id, fault.what()));
        }
    }

    static bool is_there(const OpenDisk& disk, const DiskLook& look, const Replace& replace)
    {
        const auto text = look.text ? std::optional(replace(*look.text)) : std::nullopt;
        if (look.path.empty()) {
            return disk.files->free_blocks_have(*text);
        }
        const auto found = disk.files->read_files(replace(look.path));
        return std::any_of(found.begin(), found.end(), [&](const auto& content) {
            return (!text || content.find(*text) != std::string::npos) &&
                   (!look.sha256 || hexadecimal(sha256(content)) == *look.sha256);
        });
    }

    const OpenDisk& disk_of(const std::string& id, const std::string& region)
    {
        const auto found = disks_.find(region + id);
        if (found != disks_.end()) {
            return found->second;
        }
        OpenDisk opened{.disk = open(id, region), .files = {}};
        opened.files = access_.open_files(*opened.disk);
        return disks_.emplace(region + id, std::move(opened)).first->second;
    }

    std::unique_ptr<LabDisk> open(const std::string& id, const std::string& region) const
    {
        if (has_id_prefix(id, VolumeTag::kPrefix)) {
            return access_.open_volume(id, region);
        }
        if (has_id_prefix(id, SnapshotTag::kPrefix)) {
            return std::make_unique<SnapshotDisk>(client_, id, region);
        }
        if (has_id_prefix(id, ImageTag::kPrefix)) {
            return std::make_unique<SnapshotDisk>(client_, root_snapshot_of(id, region), region);
        }
        throw LookFault("this is the id of no image, snapshot or volume");
    }

    std::string root_snapshot_of(const std::string& image, const std::string& region) const
    {
        const ModelCall call{.service = "ec2",
                             .operation = "DescribeImages",
                             .parameters = {{"ImageIds", json::array{json::string(image)}}},
                             .region = region};
        const auto answer = client_.call(call);
        if (!answer.refusal.empty()) {
            throw LookFault(refusal_of(call, answer));
        }
        const json::value members = answer.members;
        const auto root = text_at(members, "/Images/0/RootDeviceName");
        for (const auto* device : select(members, "/Images/0/BlockDeviceMappings/*")) {
            const auto snapshot = text_at(*device, "/Ebs/SnapshotId");
            if (!snapshot.empty() && text_at(*device, "/DeviceName") == root) {
                return std::string(snapshot);
            }
        }
        throw LookFault("its root device has no snapshot");
    }

    const LabClient& client_;
    std::string account_;
    const DiskAccess& access_;
    std::map<std::string, ModelAnswer> answers_;
    std::map<std::string, OpenDisk> disks_;
};

}  // namespace

std::vector<CheckOutcome> run_checks(const Lab& lab, std::optional<unsigned> step,
                                     const LabClient& client, const std::string& account,
                                     const DiskAccess& disks)
{
    Checker checker(client, account, disks);
    std::vector<CheckOutcome> outcomes;
    for (const auto& check : lab.checks) {
        if (!step || check.step == *step) {
            outcomes.push_back(checker.outcome(check));
        }
    }
    return outcomes;
}

}  // namespace amilab::labs
