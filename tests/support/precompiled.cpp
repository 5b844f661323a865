/// Nothing: CMake wants a source beside the headers that tests precompile.
