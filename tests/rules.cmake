# Checks the layout and the include directions of the project. Run as
#   cmake -DROOT=<source folder> -P rules.cmake
# Prints every violation as file:line: rule and fails if there is any.

cmake_minimum_required(VERSION 3.25)

set(violations "")

function(violation where what)
  set(violations "${violations}${where}: ${what}\n" PARENT_SCOPE)
endfunction()

# Every file of the project: those that git tracks, or all below ROOT where there is no git.
execute_process(COMMAND git -C ${ROOT} ls-files --cached --others --exclude-standard
  OUTPUT_VARIABLE listed RESULT_VARIABLE failed ERROR_QUIET)
if(NOT failed AND EXISTS ${ROOT}/.git)
  string(REPLACE "\n" ";" files "${listed}")
else()
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/*)
endif()
list(FILTER files EXCLUDE REGEX "^$|^build/")

# The top level is fixed.
set(top "^(CMakeLists.txt|CMakePresets.json|README.md|CHANGELOG.md|LICENSE|pyproject.toml|quickstart|\\..*|lib|include|bindings|bench|tests|docs)$")
set(seen "")
foreach(file ${files})
  string(REGEX REPLACE "/.*" "" entry "${file}")
  if(NOT entry IN_LIST seen)
    list(APPEND seen "${entry}")
    if(NOT entry MATCHES "${top}")
      violation("${entry}" "is outside the agreed top level")
    endif()
  endif()
endforeach()

set(banned "manager|utils?|helpers?|common|misc|base|impl|processor|factory|wrapper|context")
set(concerns "calendar|construction|labour|procurement|supply|power|deployment|deals|risks|accounts|simulation|state")

# Which includes are refused where: path pattern, include pattern, what is said.
set(directions
  "^(include/racked/des|lib/des)/" "<(racked/[^d]|racked/d[^e]|racked/de[^s]|google/|boost/graph|iostream|thread|mutex|future)"
  "the kernel knows nothing of the domain, Protobuf, Boost.Graph, text streams or threads"
  "^include/racked/des/" "<boost/[^r]" "kernel headers see nothing of Boost but Boost.Random"
  "^include/racked/[a-eg-z][a-z_]*\\.h$" "\\.pb\\.h" "only files.h may show generated messages"
  "^lib/racked/(${concerns})\\.(h|cpp)$" "\\.pb\\.h|racked/(experiment|results|report|files)\\.h|<(thread|mutex|future|atomic)>"
  "a replication does not know of files, experiments, results or threads"
  "^lib/racked/audit[a-z_]*\\.(h|cpp)$" "\"(${concerns}|model_builder|network)\\.h\"" "audit shares no code with what it judges"
  "^bindings/" "\"\\.\\./|lib/" "bindings see public headers only"
  "^(include|lib/racked|lib/des|bench|bindings)/" "\"[^\"]*/" "quotes are for headers of the same folder"
  "^(include)/" "#include \"" "public headers are included with angle brackets"
  ".*" "<(execution|format|expected)>" "this header is missing or heavy in the oldest compiler supported")

foreach(file ${files})
  if(NOT file MATCHES "\\.(h|cpp|proto|cmake|txt|md|textproto)$" AND NOT file MATCHES "^(quickstart|\\.ci/run)$")
    continue()
  endif()
  if(NOT EXISTS ${ROOT}/${file})
    continue()
  endif()
  get_filename_component(stem "${file}" NAME_WE)
  if(file MATCHES "^(lib|include|bindings)/")
    if("_${stem}_" MATCHES "_(${banned})_")
      violation("${file}" "names of files avoid ${CMAKE_MATCH_1}")
    endif()
  endif()

  file(READ ${ROOT}/${file} text)
  # CMake lists: brackets and semicolons would split or join lines.
  string(REPLACE ";" "," text "${text}")
  string(REPLACE "[" "(" text "${text}")
  string(REPLACE "]" ")" text "${text}")
  string(REPLACE "\\" "/" text "${text}")
  set(code FALSE)
  if(file MATCHES "\\.(h|cpp)$")
    set(code TRUE)
  endif()
  if(file MATCHES "\\.h$" AND NOT text MATCHES "#pragma once")
    violation("${file}:1" "a header begins with #pragma once")
  endif()

  # Cheap questions about the whole file decide whether its lines are looked at one by one.
  set(suspicious FALSE)
  if(code OR text MATCHES "(TO[D]O|FIX[M]E|X[X]X|/(work|root|home)/[a-z])")
    set(suspicious TRUE)
  endif()
  if(NOT suspicious)
    continue()
  endif()
  string(REPLACE "\n" ";" lines "${text}")
  set(number 0)
  foreach(line IN LISTS lines)
    math(EXPR number "${number} + 1")
    set(where "${file}:${number}")
    if(line MATCHES "(TO[D]O|FIX[M]E|X[X]X|HA[C]K)($|[^a-zA-Z_])")
      violation("${where}" "an open end is filed, not left in the source")
    endif()
    if(line MATCHES "(^|[\"' =(])/(work|root|home|farm)/[a-z]")
      violation("${where}" "names a folder of some machine")
    endif()
    if(NOT code)
      continue()
    endif()
    if(line MATCHES "^#include")
      list(LENGTH directions count)
      set(i 0)
      while(i LESS count)
        list(GET directions ${i} path)
        math(EXPR j "${i} + 1")
        list(GET directions ${j} include)
        math(EXPR j "${i} + 2")
        list(GET directions ${j} said)
        if(file MATCHES "${path}" AND line MATCHES "${include}")
          violation("${where}" "${said}")
        endif()
        math(EXPR i "${i} + 3")
      endwhile()
      if(line MATCHES "<boost/graph" AND NOT file STREQUAL "lib/racked/network.cpp")
        violation("${where}" "Boost.Graph is seen only by network.cpp")
      endif()
      if(line MATCHES "<CLI/" AND NOT file MATCHES "^bindings/cli/")
        violation("${where}" "CLI11 is seen only by bindings/cli")
      endif()
      if(line MATCHES "<pybind11/" AND NOT file MATCHES "^bindings/python/")
        violation("${where}" "pybind11 is seen only by bindings/python")
      endif()
    endif()
    if(file MATCHES "^(lib|include)/" AND line MATCHES "(std::cout|std::cerr|std::clog|[^a-z_n]printf *\\(|[^a-z_](exit|abort) *\\()")
      violation("${where}" "the library neither prints nor exits")
    endif()
    if(line MATCHES "^ *(class|struct|enum class) [A-Za-z]*(Manager|Utils?|Helpers?|Common|Misc|Base|Impl|Processor|Factory|Wrapper|Context)($|[^a-z])")
      set(word ${CMAKE_MATCH_2})
      if(file MATCHES "^(lib|include|bindings)/")
        violation("${where}" "names of types avoid ${word}")
      endif()
    endif()
  endforeach()
endforeach()

# Every source of the domain that has a public header has a test of the same name.
foreach(file ${files})
  if(NOT file MATCHES "^lib/racked/([a-z_]+)\\.cpp$")
    continue()
  endif()
  set(stem ${CMAKE_MATCH_1})
  set(covered_by ${stem})
  if(stem STREQUAL "units" OR stem STREQUAL "timeline")
    set(covered_by accounts)
  endif()
  if(EXISTS ${ROOT}/include/racked/${stem}.h AND NOT EXISTS ${ROOT}/tests/racked/${covered_by}_test.cpp)
    violation("${file}" "has no tests/racked/${covered_by}_test.cpp")
  endif()
endforeach()

if(violations)
  message("${violations}")
  message(FATAL_ERROR "the rules of the house are broken")
endif()
