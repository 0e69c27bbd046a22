# cmake -DOUTPUT=texts.cc -DROOT=data -DFILES="data/a.yaml;data/families/b.yaml" -P embed.cmake
#       -DCALIBRATION=calibration.txtpb
# Writes a source that defines roofscape::platforms::texts(): each file's name below the root and its bytes, and
# calibration_text().
set(CODE "// Made by embed.cmake from platforms/; change the files there.\n#include \"platforms/texts.h\"\n\n")
string(APPEND CODE "namespace roofscape::platforms {\n\nstd::span<const Text> texts() {\n  static constexpr Text kTexts[] = {\n")
foreach(FILE IN LISTS FILES)
  file(RELATIVE_PATH NAME ${ROOT} ${FILE})
  file(READ ${FILE} BYTES)
  string(APPEND CODE "      {\"${NAME}\", R\"yaml(${BYTES})yaml\"},\n")
endforeach()
string(APPEND CODE "  };\n  return kTexts;\n}\n\n")
file(READ ${CALIBRATION} BYTES)
string(APPEND CODE "std::string_view calibration_text() {\n  return R\"txtpb(${BYTES})txtpb\";\n}\n\n")
string(APPEND CODE "}  // namespace roofscape::platforms\n")
file(WRITE ${OUTPUT} "${CODE}")
