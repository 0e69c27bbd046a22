# Fails if one of LIBRARIES needs a symbol that prints or ends the process: libraries answer with a Status.
#   cmake -DNM=nm "-DLIBRARIES=a.a;b.a" -P check_symbols.cmake
cmake_minimum_required(VERSION 3.25)
set(FORBIDDEN
  # print: the functions that write to standard output, and the streams themselves
  printf vprintf __printf_chk __vprintf_chk puts putchar perror psignal stdout stderr
  _ZSt4cout _ZSt4cerr _ZSt4clog _ZSt5wcout _ZSt5wcerr _ZSt5wclog
  # end the process
  exit _exit _Exit quick_exit abort raise kill __assert_fail __assert_perror_fail)
set(FOUND "")
foreach(LIBRARY ${LIBRARIES})
  execute_process(COMMAND ${NM} --undefined-only --print-file-name ${LIBRARY}
                  OUTPUT_VARIABLE LISTING ERROR_QUIET RESULT_VARIABLE FAILED)
  if(FAILED OR LISTING STREQUAL "")
    message(FATAL_ERROR "${NM} cannot read ${LIBRARY}")
  endif()
  string(REPLACE "\n" ";" LINES "${LISTING}")
  foreach(LINE ${LINES})
    # "libdb.a:writer.cc.o:                 U abort"; versioned: "abort@GLIBC_2.2.5"
    if(LINE MATCHES "([^:/]+:[^:]+):.* [Uw] ([^ @]+)" )
      set(WHERE ${CMAKE_MATCH_1})
      set(SYMBOL ${CMAKE_MATCH_2})
      if(SYMBOL IN_LIST FORBIDDEN OR SYMBOL MATCHES "^_ZN3fmt.*(5print|7vprint|6vprint)E")
        string(APPEND FOUND "  ${WHERE} uses ${SYMBOL}\n")
      endif()
    endif()
  endforeach()
endforeach()
if(NOT FOUND STREQUAL "")
  message(FATAL_ERROR "libraries never print, exit or abort; they answer with a Status:\n${FOUND}")
endif()
