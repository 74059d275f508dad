# Installs, moves what was installed, and builds against it as a user would: docs/examples/quickstart.cpp
# with the library, bank.cpp with the kernel alone; once as a CMake project that finds the package, once by
# the flags that pkg-config gives. All must run.
#   cmake -DBUILD=… -DSOURCE=… -DCXX=… -DFLAGS=… -DWORK=… -P consumer.cmake

cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(failed)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}: ${failed}\n${out}")
  endif()
  message("${out}")
endfunction()

set(example ${SOURCE}/docs/examples/quickstart.cpp)
set(bank ${CMAKE_CURRENT_LIST_DIR}/bank.cpp)
set(scenario ${SOURCE}/docs/scenarios/two_halls.textproto)

# The tree, at a place that nobody knew when it was installed.
file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/staged)
set(prefix ${WORK}/moved)
file(RENAME ${WORK}/staged ${prefix})
file(GLOB_RECURSE papers ${prefix}/*.cmake ${prefix}/*.pc)
foreach(paper ${papers})
  file(READ ${paper} text)
  string(FIND "${text}" "${SOURCE}" at)
  if(NOT at EQUAL -1)
    message(FATAL_ERROR "${paper} names the folder of the sources")
  endif()
endforeach()
file(GLOB command ${prefix}/bin/racked)
if(command)
  run(${command} --version)
  # The scripts of reports are found where they were moved to.
  run(${command} run ${scenario} -n 2 --progress none --out ${WORK}/out)
  file(READ ${WORK}/out/report.html page)
  string(FIND "${page}" "made without the scripts" plain)
  if(EXISTS ${prefix}/share/racked/report_scripts.js AND NOT plain EQUAL -1)
    message(FATAL_ERROR "reports don't find their scripts")
  endif()
endif()

# By find_package.
run(${CMAKE_COMMAND} -G Ninja -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK}/build
  -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER=${CXX} "-DCMAKE_CXX_FLAGS=${FLAGS}"
  -DEXAMPLE=${example} -DBANK=${bank})
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/bank)
run(${WORK}/build/example ${scenario})

# By pkg-config; libraries that are shared are found by the loader's own variable. Unoptimised, as somebody
# compiles who looks for a fault, the headers give no warning.
file(GLOB_RECURSE paper ${prefix}/*/racked.pc)
cmake_path(GET paper PARENT_PATH folder)
set(ENV{PKG_CONFIG_PATH} ${folder})
cmake_path(GET folder PARENT_PATH ENV{LD_LIBRARY_PATH})
separate_arguments(own UNIX_COMMAND "${FLAGS}")
function(compile source package to)
  execute_process(COMMAND pkg-config --cflags --libs ${package} OUTPUT_VARIABLE flags
    COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags UNIX_COMMAND "${flags}")
  run(${CXX} ${own} ${ARGN} ${source} ${flags} -o ${to})
endfunction()
compile(${bank} racked-des ${WORK}/bank)
run(${WORK}/bank)
compile(${example} racked ${WORK}/example)
run(${WORK}/example ${scenario})
compile(${SOURCE}/docs/examples/queues_processes.cpp racked-des ${WORK}/queues -O0 -Wall -Wextra -Werror)
