// Faults planted behind a gate that only a fuzzer finds, to prove that findings are seen: one for
// each way in which the other targets would tell of theirs.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 4 || std::memcmp(data, "ami", 3) != 0) {
        return 0;
    }
    const std::vector<std::uint8_t> bytes(data, data + size);
    volatile int sum = std::numeric_limits<int>::max();
    switch (data[3]) {
        case 'a':
            sum = bytes.data()[size];
            break;
        case 'u':
            sum = sum + data[3];
            break;
        case 't':
            throw std::runtime_error("planted");
        default:
            break;
    }
    return 0;
}
