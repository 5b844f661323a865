#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "storage/state/save_format.h"

namespace amilab::test {

struct SavedFrame {
    save_format::Frame frame;
    std::vector<std::byte> payload;
};

/// A save taken apart, so that it can be put together otherwise. The end is no frame of it.
struct SaveFrames {
    save_format::SaveHeader header;
    std::vector<SavedFrame> frames;
};

inline SaveFrames frames_of(std::span<const std::byte> save)
{
    save_format::SaveReader reader("the save");
    reader.take(save);
    SaveFrames all{.header = reader.header().value(), .frames = {}};
    while (const auto found = reader.next()) {
        if (found->frame.kind != save_format::FrameKind::kEnd) {
            all.frames.push_back(
                {found->frame, std::vector(found->payload.begin(), found->payload.end())});
        }
    }
    reader.require_end();
    return all;
}

/// With checksums that are right.
inline std::vector<std::byte> to_save(const SaveFrames& all)
{
    std::vector<std::byte> save;
    save_format::SaveWriter writer;
    writer.begin(all.header, save);
    for (const auto& [frame, payload] : all.frames) {
        writer.add(frame, payload, save);
    }
    writer.end(save);
    return save;
}

}  // namespace amilab::test
