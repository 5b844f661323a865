# cmake -DSOURCE=FOLDER -DOUTPUT=FILE -P commit.cmake: writes which commit FOLDER has, as C++. A
# folder that is no checkout of its own has none.
set(commit "")
set(git git -C ${SOURCE})
if(EXISTS ${SOURCE}/.git)
  execute_process(COMMAND ${git} rev-parse --short=12 HEAD
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  execute_process(COMMAND ${git} status --porcelain --untracked-files=no
    OUTPUT_VARIABLE changes ERROR_QUIET)
  if(commit AND changes)
    string(APPEND commit ", changed")
  endif()
endif()
set(text "#include \"version.h\"

namespace amilab {

const char* const kCommit = \"${commit}\";

}  // namespace amilab
")
set(written "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} written)
endif()
if(NOT written STREQUAL text)
  file(WRITE ${OUTPUT} "${text}")
endif()
