# The n-th migration makes schema version n, so a file's number is its position. A gap would invite
# a file that moves those behind it, and with them the versions of all databases that exist.

# Stops CMake unless `files`, in order, are named 001_<room>.sql, 002_<room>.sql, and so on.
function(amilab_check_migrations files)
  set(position 0)
  foreach(file IN LISTS files)
    cmake_path(GET file FILENAME name)
    if(NOT name MATCHES "^([0-9][0-9][0-9])_[a-z0-9]+(_[a-z0-9]+)*\\.sql$")
      message(FATAL_ERROR
        "${file}: a migration is named by three digits and its room, such as 012_network.sql")
    endif()
    set(number ${CMAKE_MATCH_1})
    if(number EQUAL position AND position GREATER 0)
      message(FATAL_ERROR "${file}: there is another migration ${number}")
    endif()
    math(EXPR position "${position} + 1")
    if(NOT number EQUAL position)
      message(FATAL_ERROR "${file}: migration ${number} is at position ${position}; "
        "numbers begin with 001 and have no gaps")
    endif()
  endforeach()
  if(position EQUAL 0)
    message(FATAL_ERROR "there is no migration")
  endif()
endfunction()

# cmake -DFOLDER=... -P migrations.cmake checks a folder.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(GLOB files "${FOLDER}/*.sql")
  list(SORT files)
  amilab_check_migrations("${files}")
endif()
