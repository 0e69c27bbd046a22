# What Roofscape rests on; all of it are Debian 12 packages (scripts/packages.txt).
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
# MODULE first: gRPC's config would otherwise bring a second, conflicting set of protobuf targets.
find_package(Protobuf MODULE REQUIRED)
if(ROOFSCAPE_GRPC)
  find_package(gRPC CONFIG REQUIRED)
  find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
endif()
find_package(ONNX CONFIG REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(rapidcheck CONFIG REQUIRED)

find_path(LBFGS_INCLUDE_DIR lbfgs.h REQUIRED)
find_library(LBFGS_LIBRARY lbfgs REQUIRED)
add_library(lbfgs::lbfgs UNKNOWN IMPORTED)
set_target_properties(lbfgs::lbfgs PROPERTIES IMPORTED_LOCATION ${LBFGS_LIBRARY}
                                              INTERFACE_INCLUDE_DIRECTORIES ${LBFGS_INCLUDE_DIR})

# The package's own config asks for OpenCL, which nothing here needs.
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
add_library(dnnl::dnnl UNKNOWN IMPORTED)
set_target_properties(dnnl::dnnl PROPERTIES IMPORTED_LOCATION ${DNNL_LIBRARY}
                                            INTERFACE_INCLUDE_DIRECTORIES ${DNNL_INCLUDE_DIR})
