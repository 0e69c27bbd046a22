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
  target_compile_definitions(${NAME} PRIVATE ROOFSCAPE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                             ROOFSCAPE_BINARY_DIR="${CMAKE_BINARY_DIR}")
  # Tests are compiled more often than they run: half the optimisation saves a third of the build.
  target_compile_options(${NAME} PRIVATE -O1)
  gtest_discover_tests(${NAME} TEST_PREFIX "${NAME}." DISCOVERY_TIMEOUT 120
                       PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
