// In a static program GCC's start-up code registers all unwind entries, as where there is no table
// of them, and the first exception then sorts them: 4 ms, of a start of 6. The table is there
// (--eh-frame-hdr), and the unwinder finds it when nothing is registered. The linker calls these
// two instead (--wrap).

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier): the linker's names.
void __wrap___register_frame_info(const void* /*begin*/, void* /*object*/) {}

void* __wrap___deregister_frame_info(const void* /*begin*/)
{
    return nullptr;
}
// NOLINTEND(bugprone-reserved-identifier)

}  // extern "C"
