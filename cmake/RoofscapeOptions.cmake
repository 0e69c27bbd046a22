# How everything is compiled: one place for the standard, warnings, sanitizers and ccache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release or RelWithDebInfo" FORCE)
endif()

option(ROOFSCAPE_WERROR "Warnings are errors" ON)
set(ROOFSCAPE_SANITIZE "" CACHE STRING "Sanitizers: 'address,undefined', 'thread' or empty")
option(ROOFSCAPE_FUZZ "Build the libFuzzer targets (clang only)" OFF)
option(ROOFSCAPE_GRPC "Build what needs gRPC (off for the thread sanitizer)" ON)

# a*b + c stays two roundings: one of the promises behind equal bytes for any thread count.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -ffp-contract=off -fno-math-errno)
if(ROOFSCAPE_WERROR)
  add_compile_options(-Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of GCC 12: copies that overlap in  "literal" + std::string  (bug 105651), and, under sanitizers, members
  # of the alternative that a std::variant does not hold (bug 105562).
  add_compile_options(-Wno-restrict)
  if(ROOFSCAPE_SANITIZE)
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()
if(ROOFSCAPE_SANITIZE)
  add_compile_options(-fsanitize=${ROOFSCAPE_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${ROOFSCAPE_SANITIZE})
  if(ROOFSCAPE_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()

if(ROOFSCAPE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)  # coverage of our own code guides the fuzzer
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
