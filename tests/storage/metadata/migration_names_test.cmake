# cmake -DCHECK=storage/metadata/migrations.cmake -DFOLDER=<scratch> -P migration_names_test.cmake
cmake_minimum_required(VERSION 3.25)

# How the check ends over a folder with these files, and what it says.
function(check names result words)
  file(REMOVE_RECURSE ${FOLDER})
  file(MAKE_DIRECTORY ${FOLDER})
  foreach(name IN LISTS names)
    file(TOUCH ${FOLDER}/${name})
  endforeach()
  execute_process(COMMAND ${CMAKE_COMMAND} -DFOLDER=${FOLDER} -P ${CHECK}
    RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  # CMake breaks lines where it likes.
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  set(${result} ${code} PARENT_SCOPE)
  set(${words} "${said}" PARENT_SCOPE)
endfunction()

function(expect_accepted names)
  check("${names}" result words)
  if(NOT result EQUAL 0)
    message(SEND_ERROR "refused: ${names}\n${words}")
  endif()
endfunction()

# Refused with a message that names `file` and holds `sentence`.
function(expect_refused names file sentence)
  check("${names}" result words)
  string(FIND "${words}" "/${file}: ${sentence}" at)
  if(result EQUAL 0 OR at EQUAL -1)
    message(SEND_ERROR "not refused, or in other words: ${names}\n${words}")
  endif()
endfunction()

set(ten)
foreach(number RANGE 1 9)
  list(APPEND ten 00${number}_volumes.sql)
endforeach()
list(APPEND ten 010_volumes.sql)

expect_accepted("001_images.sql")
expect_accepted("002_recycle_bin.sql;001_images.sql;003_s3.sql")
expect_accepted("${ten}")
expect_accepted("001_images.sql;README.md")

# A gap.
expect_refused("002_images.sql" 002_images.sql "migration 002 is at position 1")
expect_refused("001_images.sql;003_volumes.sql" 003_volumes.sql "migration 003 is at position 2")
expect_refused("${ten};012_images.sql" 012_images.sql "migration 012 is at position 11")
expect_refused("000_images.sql;001_volumes.sql" 000_images.sql "migration 000 is at position 1")

# A duplicate.
expect_refused("001_images.sql;001_volumes.sql" 001_volumes.sql "there is another migration 001")
expect_refused("${ten};010_images.sql" 010_volumes.sql "there is another migration 010")

# A bad name.
foreach(name
    1_images.sql 01_images.sql 0001_images.sql 001images.sql 001_.sql 001-images.sql
    001_Images.sql 001__images.sql 001_images_.sql images.sql 001.sql)
  expect_refused("${name}" ${name} "a migration is named by three digits and its room")
endforeach()

# Nothing, as of a folder that is not where it was.
check("" result words)
if(result EQUAL 0 OR NOT words MATCHES "there is no migration")
  message(SEND_ERROR "a folder without migrations: ${words}")
endif()

file(REMOVE_RECURSE ${FOLDER})
