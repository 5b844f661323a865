#include <map>
#include <random>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/services/ec2/volumes/volumes.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"

// States and attachments of volumes against a model that knows nothing but the rules.
namespace amilab::test {
namespace {

constexpr int kOperations = 400;
constexpr int kInstances = 3;
constexpr TimeMs kCreatingMs = 700;
constexpr TimeMs kDeletingMs = 900;
constexpr TimeMs kAttachingMs = 500;
constexpr TimeMs kDetachingMs = 1100;
constexpr TimeMs kModifyingMs = 800;

struct Attached {
    std::string device;
    std::string state;
    TimeMs due_ms;
    bool goes;
};

struct Modeled {
    std::string state;
    TimeMs due_ms;
    bool shared;
    std::int64_t size_gib;
    std::int64_t target_gib;
    TimeMs modified_ms;
    int modifications = 0;
    std::map<std::string, Attached> attachments;
};

/// The rules, over a clock of its own.
class Model {
public:
    std::map<std::string, Modeled> volumes;
    std::set<std::string> instances;
    TimeMs now_ms = 0;

    void advance(TimeMs delta_ms)
    {
        now_ms += delta_ms;
        for (auto at = volumes.begin(); at != volumes.end();) {
            settle(at->second);
            const bool is_gone = at->second.state == "gone";
            at = is_gone ? volumes.erase(at) : std::next(at);
        }
    }

    bool may_attach(const Modeled& volume, const std::string& instance,
                    const std::string& device) const
    {
        const bool is_free =
            volume.state == "available" ||
            (volume.state == "in-use" && volume.shared && !volume.attachments.contains(instance));
        return is_free && !is_taken(instance, device);
    }

    void terminate(const std::string& instance)
    {
        for (auto at = volumes.begin(); at != volumes.end();) {
            auto& volume = at->second;
            const auto found = volume.attachments.find(instance);
            bool is_gone = false;
            if (found != volume.attachments.end()) {
                const bool goes = found->second.goes;
                volume.attachments.erase(found);
                if (volume.attachments.empty()) {
                    volume.state = "available";
                    is_gone = goes;
                }
            }
            at = is_gone ? volumes.erase(at) : std::next(at);
        }
        instances.erase(instance);
    }

    std::string dump() const
    {
        std::string text;
        for (const auto& [id, volume] : volumes) {
            text += fmt::format("{} {} {}\n", id, volume.state, volume.size_gib);
            for (const auto& [instance, attached] : volume.attachments) {
                text += fmt::format("  {} {} {} {}\n", instance, attached.device, attached.state,
                                    attached.goes);
            }
        }
        return text;
    }

private:
    bool is_taken(const std::string& instance, const std::string& device) const
    {
        for (const auto& [id, volume] : volumes) {
            const auto found = volume.attachments.find(instance);
            if (found != volume.attachments.end() && found->second.device == device) {
                return true;
            }
        }
        return false;
    }

    void settle(Modeled& volume) const
    {
        if (volume.state == "creating" && volume.due_ms <= now_ms) {
            volume.state = "available";
        }
        if (volume.state == "deleting" && volume.due_ms <= now_ms) {
            volume.state = "gone";
        }
        if (volume.modified_ms <= now_ms) {
            volume.size_gib = volume.target_gib;
        }
        bool let_go = false;
        for (auto at = volume.attachments.begin(); at != volume.attachments.end();) {
            const bool is_due = at->second.due_ms <= now_ms;
            if (at->second.state == "attaching" && is_due) {
                at->second.state = "attached";
            }
            const bool is_gone = at->second.state == "detaching" && is_due;
            let_go = let_go || is_gone;
            at = is_gone ? volume.attachments.erase(at) : std::next(at);
        }
        if (let_go && volume.attachments.empty()) {
            volume.state = "available";
        }
    }
};

class RandomVolumes : public ::testing::Test {
protected:
    RandomVolumes()
    {
        const auto text = test_seed();
        std::seed_seq seed(text.begin(), text.end());
        random.seed(seed);
        image = public_image(aws);
        aws.set_delay("volume.creating", kCreatingMs);
        aws.set_delay("volume.deleting", kDeletingMs);
        aws.set_delay("attachment.attaching", kAttachingMs);
        aws.set_delay("attachment.detaching", kDetachingMs);
        aws.set_delay("volume.modifying", kModifyingMs);
        for (int i = 0; i < kInstances; ++i) {
            launch_one();
        }
    }

    std::size_t below(std::size_t limit)
    {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    }

    template <class Container>
    const auto& one_of(const Container& container)
    {
        return *std::next(container.begin(), static_cast<std::ptrdiff_t>(below(container.size())));
    }

    void launch_one()
    {
        const auto id =
            aws.must("RunInstances", launch(image, {{"Placement.AvailabilityZone", "us-east-1a"}}))
                .text(kInstanceId);
        roots.insert(root_volume_of(aws, id));
        model.instances.insert(id);
    }

    void expect(const Answer& answer, bool is_fine)
    {
        ASSERT_EQ(answer.ok(), is_fine) << answer.code << ": " << answer.message << "\n"
                                        << model.dump();
    }

    void create()
    {
        const bool shared = below(2) == 0;
        const auto id = shared ? new_shared_volume(aws) : new_volume(aws);
        model.volumes[id] = {.state = "creating",
                             .due_ms = model.now_ms + kCreatingMs,
                             .shared = shared,
                             .size_gib = 10,
                             .target_gib = 10,
                             .modified_ms = 0,
                             .attachments = {}};
    }

    void attach_one(const std::string& id, Modeled& volume)
    {
        const auto instance = one_of(model.instances);
        const auto device = fmt::format("/dev/sd{}", "fgh"[below(3)]);
        const bool may = model.may_attach(volume, instance, device);
        expect(aws.call("AttachVolume", attach(id, instance, device)), may);
        if (may) {
            volume.state = "in-use";
            volume.attachments[instance] = {device, "attaching", model.now_ms + kAttachingMs,
                                            false};
        }
    }

    void detach_one(const std::string& id, Modeled& volume)
    {
        const auto instance = one_of(model.instances);
        const bool force = below(4) == 0;
        const auto found = volume.attachments.find(instance);
        const bool may =
            found != volume.attachments.end() && (found->second.state != "detaching" || force);
        expect(aws.call("DetachVolume", {{"VolumeId", id},
                                         {"InstanceId", instance},
                                         {"Force", force ? "true" : "false"}}),
               may);
        if (may) {
            found->second.state = "detaching";
            found->second.due_ms = force ? model.now_ms : model.now_ms + kDetachingMs;
            model.advance(0);
        }
    }

    void delete_one(const std::string& id, Modeled& volume)
    {
        const bool may = volume.state == "available";
        expect(aws.call("DeleteVolume", {{"VolumeId", id}}), may);
        if (may) {
            volume.state = "deleting";
            volume.due_ms = model.now_ms + kDeletingMs;
        }
    }

    void modify_one(const std::string& id, Modeled& volume)
    {
        const auto size = 8 + static_cast<std::int64_t>(below(40));
        const bool may = (volume.state == "available" || volume.state == "in-use") &&
                         size >= volume.size_gib && volume.modified_ms <= model.now_ms &&
                         volume.modifications < 4;
        expect(aws.call("ModifyVolume", {{"VolumeId", id}, {"Size", std::to_string(size)}}), may);
        if (may) {
            volume.target_gib = size;
            volume.modified_ms = model.now_ms + kModifyingMs;
            ++volume.modifications;
        }
    }

    void keep_or_not(Modeled& volume)
    {
        if (volume.attachments.empty()) {
            return;
        }
        auto& [instance, attached] = *volume.attachments.begin();
        attached.goes = below(2) == 0;
        aws.must("ModifyInstanceAttribute", {{"InstanceId", instance},
                                             {"BlockDeviceMapping.1.DeviceName", attached.device},
                                             {"BlockDeviceMapping.1.Ebs.DeleteOnTermination",
                                              attached.goes ? "true" : "false"}});
    }

    void terminate_one()
    {
        const auto instance = one_of(model.instances);
        aws.must("TerminateInstances", one_instance(instance));
        model.terminate(instance);
        launch_one();
    }

    void step()
    {
        const auto choice = below(20);
        if (choice < 3 || model.volumes.empty()) {
            return create();
        }
        if (choice < 6) {
            const auto delta_ms = static_cast<TimeMs>(below(1000));
            aws.advance(delta_ms);
            return model.advance(delta_ms);
        }
        if (choice == 6) {
            return terminate_one();
        }
        const auto id = one_of(model.volumes).first;
        auto& volume = model.volumes.at(id);
        if (choice < 11) {
            attach_one(id, volume);
        } else if (choice < 15) {
            detach_one(id, volume);
        } else if (choice < 16) {
            delete_one(id, volume);
        } else if (choice < 18) {
            modify_one(id, volume);
        } else {
            keep_or_not(volume);
        }
    }

    /// What the emulator tells, as the model tells it; root volumes aside.
    std::string told()
    {
        Model found;
        const auto answer = aws.must("DescribeVolumes");
        for (const auto& item : answer.root().select_nodes("volumeSet/item")) {
            const std::string id = item.node().child_value("volumeId");
            if (roots.contains(id)) {
                continue;
            }
            auto& volume = found.volumes[id];
            volume.state = item.node().child_value("status");
            volume.size_gib = item.node().child("size").text().as_llong();
            for (const auto& one : item.node().child("attachmentSet").children("item")) {
                volume.attachments[one.child_value("instanceId")] = {
                    one.child_value("device"), one.child_value("status"), 0,
                    one.child("deleteOnTermination").text().as_bool()};
            }
        }
        return found.dump();
    }

    TestEmulator aws;
    Model model;
    std::set<std::string> roots;
    std::string image;
    std::mt19937_64 random;
};

TEST_F(RandomVolumes, AreInTheStatesThatTheRulesGiveThem)
{
    for (int i = 0; i < kOperations; ++i) {
        step();
        ASSERT_FALSE(HasFatalFailure()) << "operation " << i;
        ASSERT_EQ(told(), model.dump()) << "operation " << i;
    }
}

}  // namespace
}  // namespace amilab::test
