# Writes OUTPUT, a C++ file that holds each NNNN_name.sql of FOLDER as a string: cmake -DFOLDER=… -DOUTPUT=… -P this.
file(GLOB FILES ${FOLDER}/[0-9][0-9][0-9][0-9]_*.sql)
list(SORT FILES)
set(ENTRIES "")
set(EXPECTED 1)
foreach(FILE ${FILES})
  get_filename_component(STEM ${FILE} NAME_WE)
  string(REGEX MATCH "^0*([1-9][0-9]*)_([a-z0-9_]+)$" MATCHED ${STEM})
  set(VERSION ${CMAKE_MATCH_1})
  set(NAME ${CMAKE_MATCH_2})
  if(NOT VERSION EQUAL EXPECTED)
    message(FATAL_ERROR "${FILE}: migrations are numbered without gaps; expected number ${EXPECTED}")
  endif()
  math(EXPR EXPECTED "${EXPECTED} + 1")
  file(READ ${FILE} SQL)
  string(APPEND ENTRIES "    {${VERSION}, \"${NAME}\", R\"sql(${SQL})sql\"},\n")
endforeach()
file(WRITE ${OUTPUT}.new "// Written by db/embed_migrations.cmake from db/migrations/.
#include \"db/migrations.h\"

namespace roofscape::db {
namespace {
constexpr Migration kMigrations[] = {
${ENTRIES}};
}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace roofscape::db
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
