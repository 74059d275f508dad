# The rules themselves are tested: a tree that breaks each of them is told every violation and nothing else.
#   cmake -DWORK=<scratch folder> -P rules_speak.cmake

cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK})
set(expected "")

# Writes a file of the tree. What its lines break is written behind them: `line //! rule`; what the file
# breaks as a whole is given as further arguments.
function(doctor file text)
  string(REPLACE ";" "," lines "${text}")
  string(REGEX REPLACE "[][]" "" lines "${lines}")
  string(REPLACE "\n" ";" lines "${lines}")
  set(number 0)
  foreach(line IN LISTS lines)
    math(EXPR number "${number} + 1")
    string(REPLACE " //! " ";" rules "${line}")
    list(POP_FRONT rules)
    foreach(rule IN LISTS rules)
      string(APPEND expected "${file}:${number}: ${rule}\n")
    endforeach()
  endforeach()
  foreach(rule IN LISTS ARGN)
    string(APPEND expected "${file}: ${rule}\n")
  endforeach()
  string(REGEX REPLACE " //! [^\n]*" "" text "${text}")
  file(WRITE ${WORK}/${file} "${text}")
  set(expected "${expected}" PARENT_SCOPE)
endfunction()

# Pieced together, or the rules would speak of this very file.
string(CONCAT open_end "TO" "DO")
string(CONCAT folder "/ho" "me/someone")
string(REPEAT "x" 101 long)
string(REPEAT "–" 97 wide)

# Places and names.
file(WRITE ${WORK}/tools/count.py "")
string(APPEND expected "tools: is outside the agreed top level\n")
file(WRITE ${WORK}/lib/racked/model/model.cpp "")
string(APPEND expected
  "lib/racked/model/model.cpp: is in a folder that the plan of the house does not name\n")
doctor(tests/racked/test_helpers.h "#pragma once\n" "is a file called by a word that says nothing")
doctor(lib/des/unguarded.h "int guard(); //! a header begins with #pragma once\n")
doctor(README.md "Read docs/tour.md.
Look into ${folder} first. //! names a folder of some machine
${open_end}: say more. //! an open end is filed, not left in the source
")

# The kernel.
doctor(include/racked/des/time.h "#pragma once\n")
doctor(tests/des/time_test.cpp [[
#include <racked/des/time.h>
#include <racked/des/calendar.h> //! includes a header of the project that does not exist
]])
doctor(include/racked/des/queue.h [[
#pragma once
#include <racked/des/time.h>
#include <boost/random/normal_distribution.hpp>
#include <racked/model.h> //! the kernel knows itself, the standard library, pages of memory, Boost.Random and Boost.Math
#include <mutex> //! the kernel knows neither threads nor streams of text
#include <boost/math/constants/constants.hpp> //! kernel headers show nothing of Boost but Boost.Random
]] "has no test of its name")

# The domain.
doctor(include/racked/v1/scenario.proto [[
message Scenario {}
message FileContext {} //! is a type called by a word that says nothing
]])
doctor(include/racked/model.h [[
#pragma once
#include <racked/v1/scenario.pb.h> //! of the public headers only files.h shows generated messages //! a replication knows its model, its state and the kernel, not that it is one of many
#include "timeline.h" //! public headers are included with angle brackets //! a replication knows its model, its state and the kernel, not that it is one of many
std::shared_ptr<int> rows; //! the domain shares nothing by counting
#define ROWS 3 //! no macros
]])
doctor(include/racked/timeline.h "#pragma once\n")
doctor(include/racked/files.h "#pragma once\n#include <racked/v1/scenario.pb.h>\n")
doctor(lib/racked/state.h "#pragma once
#include <racked/model.h>
#include <thread> //! a replication has no threads
#include \"risks.h\" //! quotes are for a header of the same folder
  static int count; //! the library holds no state of its own
// ${long} //! is longer than 100 columns
// ${wide}
")
doctor(lib/racked/supply.cpp [[
#include "state.h"
#include <racked/files.h> //! a replication knows its model, its state and the kernel, not that it is one of many
#include <boost/graph/dijkstra.hpp> //! Boost.Graph is seen only by network.cpp
]] "has no test of its name")
doctor(lib/racked/network.cpp "#include <boost/graph/dijkstra.hpp>\n")
doctor(tests/racked/network_test.cpp "\n")
doctor(lib/racked/audit_tasks.cpp [[
#include <racked/timeline.h>
#include "state.h" //! audit shares no code with what it judges
]])
doctor(lib/racked/results_files.cpp "#include <racked/files.h>\n#include <fmt/format.h>\n")
doctor(lib/racked/results.cpp [[
#include <racked/files.h> //! messages are seen by files and model, and by nobody behind them
#include <execution> //! this header is missing or harmful with the oldest compilers supported
int x = rows.base();
int common_rows(int n); //! is a function called by a word that says nothing
struct RowWrapper {}; //! is a type called by a word that says nothing
struct Baseline {};
// Never calls exit().
double h(double x) { return std::log1p(x) + std::sqrt(x); } //! the C library's function ends in other bits elsewhere: see des/portable_math.h
void f() { exit(1); } //! the library neither prints nor exits
void g() { std::cout << 1; } //! the library neither prints nor exits
]])

# The doors.
doctor(lib/racked/rules.cpp [[
#include <CLI/CLI.hpp> //! CLI11 is seen only by bindings/cli
#include <pybind11/pybind11.h> //! pybind11 is seen only by bindings/python
#include <fmt/format.h> //! fmt and nlohmann-json are for doors and writers
]])
doctor(bindings/cli/main.cpp [[
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include "../../lib/racked/state.h" //! quotes are for a header of the same folder
const char* page = R"md(
#include <racked/nowhere.h>
)md";
#include <racked/nowhere.h> //! includes a header of the project that does not exist
int main() { std::cout << 1; return 0; }
]])

execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${WORK} -DALL_SPEAK=ON
  -P ${CMAKE_CURRENT_LIST_DIR}/rules.cmake ERROR_VARIABLE said RESULT_VARIABLE failed)
if(NOT failed)
  message(FATAL_ERROR "the rules accepted a tree that breaks all of them")
endif()
string(REGEX REPLACE "\n\nCMake Error.*" "\n" said "${said}")
foreach(list expected said)
  string(STRIP "${${list}}" ${list})
  string(REPLACE "\n" ";" ${list} "${${list}}")
endforeach()
set(missing ${expected})
list(REMOVE_ITEM missing ${said})
set(surplus ${said})
list(REMOVE_ITEM surplus ${expected})
list(JOIN missing "\n  " missing)
list(JOIN surplus "\n  " surplus)
if(missing OR surplus)
  message(FATAL_ERROR "the rules did not say\n  ${missing}\nbut said\n  ${surplus}")
endif()
