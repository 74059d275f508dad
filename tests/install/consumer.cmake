# Installs into a scratch folder and builds docs/examples/quickstart.cpp against it twice: as a CMake project
# that finds the package, and by the flags pkg-config gives. Both must run.
#   cmake -DBUILD=… -DSOURCE=… -DCXX=… -DFLAGS=… -DWORK=… -P consumer.cmake

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(failed)
    message(FATAL_ERROR "${ARGN} failed:\n${out}")
  endif()
  message("${out}")
endfunction()

cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK})
set(prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})

file(WRITE ${WORK}/consumer/CMakeLists.txt "
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
find_package(racked 0.1 REQUIRED)
add_executable(consumer ${SOURCE}/docs/examples/quickstart.cpp)
target_link_libraries(consumer racked::racked)
")
run(${CMAKE_COMMAND} -S ${WORK}/consumer -B ${WORK}/consumer/build -DCMAKE_PREFIX_PATH=${prefix}
  -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${WORK}/consumer/build)
run(${WORK}/consumer/build/consumer ${SOURCE}/docs/scenarios/two_halls.textproto)

file(GLOB pkgconfig ${prefix}/lib*/pkgconfig ${prefix}/lib/*/pkgconfig)
set(ENV{PKG_CONFIG_PATH} ${pkgconfig})
execute_process(COMMAND pkg-config --define-variable=prefix=${prefix} --cflags --libs racked
  OUTPUT_VARIABLE flags RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE)
if(failed)
  message(FATAL_ERROR "pkg-config does not find racked")
endif()
separate_arguments(flags UNIX_COMMAND "${flags}")
separate_arguments(own UNIX_COMMAND "${FLAGS}")
run(${CXX} ${own} ${SOURCE}/docs/examples/quickstart.cpp ${flags} -o ${WORK}/by_pkg_config)
run(${WORK}/by_pkg_config ${SOURCE}/docs/scenarios/two_halls.textproto)
