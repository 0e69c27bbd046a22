# roofscape_library(NAME SOURCES a.cc … [DEPS public…] [PRIVATE_DEPS …])
# A library of one room. Public headers are found from the root: #include "analytics/base/status.h".
function(roofscape_library NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${NAME} STATIC ${ARG_SOURCES})
  target_include_directories(${NAME} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${NAME} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
endfunction()

# roofscape_test(NAME SOURCES a_test.cc … DEPS …): one GoogleTest program; each of its cases is a ctest entry, so that
# a skipped one (data that is not there) shows as skipped.
include(GoogleTest)
function(roofscape_test NAME)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${NAME} ${ARG_SOURCES})
  target_link_libraries(${NAME} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest GTest::gtest_main rapidcheck)
  # Only files that ask for the paths of this checkout get them: the others stay shareable between checkouts (ccache).
  foreach(SOURCE ${ARG_SOURCES})
    file(STRINGS ${SOURCE} ASKS REGEX "ROOFSCAPE_(SOURCE|BINARY)_DIR|tests/support/" LIMIT_COUNT 1)
    if(ASKS)
      set_property(SOURCE ${SOURCE} APPEND PROPERTY COMPILE_DEFINITIONS ROOFSCAPE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                                                        ROOFSCAPE_BINARY_DIR="${CMAKE_BINARY_DIR}")
    endif()
  endforeach()
  # Tests are compiled more often than they run: half the optimisation saves a third of the build.
  target_compile_options(${NAME} PRIVATE -O1)
  gtest_discover_tests(${NAME} TEST_PREFIX "${NAME}." DISCOVERY_TIMEOUT 120
                       PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
