# The rules themselves are tested: a tree with one violation of each must yield each message.
#   cmake -DWORK=<scratch folder> -P rules_speak.cmake

cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK})
set(home "home")
set(todo "TO")
string(APPEND todo "DO")
file(WRITE ${WORK}/tools/x.cpp "int x;\n")
file(WRITE ${WORK}/include/racked/des/a.h "#pragma once\n#include <iostream>\n#include <racked/model.h>\n")
file(WRITE ${WORK}/include/racked/des/b.h "#pragma once\n#include <boost/math/constants.hpp>\n")
file(WRITE ${WORK}/include/racked/c.h "#pragma once\n#include <racked/v1/scenario.pb.h>\n#include \"d.h\"\n")
file(WRITE ${WORK}/include/racked/orphan.h "#pragma once\n")
file(WRITE ${WORK}/lib/racked/orphan.cpp "#include <racked/orphan.h>\n")
file(WRITE ${WORK}/lib/racked/power.cpp "#include <racked/results.h>\n#include <boost/graph/x.hpp>\n")
file(WRITE ${WORK}/lib/racked/audit.cpp "#include \"state.h\"\n")
file(WRITE ${WORK}/lib/racked/string_utils.cpp "void f() { std::cout << 1; }\nstruct ThingManager {};\n")
file(WRITE ${WORK}/lib/racked/e.h "int e; // ${todo}\n")
file(WRITE ${WORK}/lib/racked/f.cpp "#include \"../g.h\"\n#include <execution>\n#include <CLI/CLI.hpp>\n#include <pybind11/p.h>\nconst char* p = \"/${home}/someone\";\n")

execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${WORK} -P ${CMAKE_CURRENT_LIST_DIR}/rules.cmake
  ERROR_VARIABLE said RESULT_VARIABLE failed)
if(NOT failed)
  message(FATAL_ERROR "the rules accepted a tree that breaks all of them")
endif()
foreach(expected
    "tools: is outside the agreed top level"
    "des/a.h:2: the kernel knows nothing"
    "des/a.h:3: the kernel knows nothing"
    "des/b.h:2: kernel headers see nothing of Boost"
    "racked/c.h:2: only files.h"
    "racked/c.h:3: public headers are included with angle"
    "orphan.cpp: has no tests/racked/orphan_test.cpp"
    "power.cpp:1: a replication does not know"
    "power.cpp:2: Boost.Graph"
    "audit.cpp:1: audit shares no code"
    "string_utils.cpp: names of files avoid utils"
    "string_utils.cpp:1: the library neither prints"
    "string_utils.cpp:2: names of types avoid Manager"
    "e.h:1: a header begins"
    "e.h:1: an open end"
    "f.cpp:1: quotes are for"
    "f.cpp:2: this header is missing"
    "f.cpp:3: CLI11"
    "f.cpp:4: pybind11"
    "f.cpp:5: names a folder")
  string(FIND "${said}" "${expected}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "the rules did not say '${expected}'; they said:\n${said}")
  endif()
endforeach()
