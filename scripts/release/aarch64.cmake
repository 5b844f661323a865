# Debian's cross compiler, over a folder with Debian's arm64 packages (sysroot, beside this, makes it).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_ASM_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
get_filename_component(CMAKE_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../../build/sysroot-aarch64 ABSOLUTE)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
# GCC looks for a linker of another name where it compiles for another machine.
set(LLD "" CACHE FILEPATH "no lld")
# As on x86_64: what is meant by a char above 127 must not hang on the machine. The libraries' headers
# tell where they stand (BOOST_CURRENT_LOCATION): they are those of /usr, wherever this folder is.
set(CMAKE_CXX_FLAGS_INIT "-fsigned-char -ffile-prefix-map=${CMAKE_SYSROOT}=")
