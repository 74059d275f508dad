# Holds the tree to its layout, include directions and style. Run as
#   cmake -DROOT=<source folder> -P rules.cmake
# Every violation is told as `file:line: rule`; any fails. With -DALL_SPEAK=ON a rule that found nothing
# is told as well: so rules_speak.cmake knows that it has tried them all.

cmake_minimum_required(VERSION 3.25)

# --- What a rule is -------------------------------------------------------------------------------

set(violations "")
set(rules "")   # what every rule says
set(spoken "")  # what was said at least once

function(violation where what)
  set(violations "${violations}${where}: ${what}\n" PARENT_SCOPE)
  set(spoken ${spoken} "${what}" PARENT_SCOPE)
endfunction()

# A rule about lines: in files whose path matches `files` and not `but`, nothing may match `pattern`. Kinds:
#   includes  the included name with its <> or ""
#   only      the included name, which must match
#   code      a line of C++ without its comment
#   text      a line of any text
set(line_rules 0)
function(rule kind files but pattern what)
  set(rule_${line_rules}_kind "${kind}" PARENT_SCOPE)
  set(rule_${line_rules}_files "${files}" PARENT_SCOPE)
  set(rule_${line_rules}_but "${but}" PARENT_SCOPE)
  set(rule_${line_rules}_pattern "${pattern}" PARENT_SCOPE)
  set(rule_${line_rules}_says "${what}" PARENT_SCOPE)
  set(rules ${rules} "${what}" PARENT_SCOPE)
  math(EXPR line_rules "${line_rules} + 1")
  set(line_rules ${line_rules} PARENT_SCOPE)
endfunction()

# What would split or join the elements of a list becomes a control character in the lines matched.
string(ASCII 1 semicolon)
string(ASCII 2 open)
string(ASCII 3 close)
string(ASCII 4 backslash)

# A rule about files, checked by code of its own below.
function(file_rule name what)
  set(${name} "${what}" PARENT_SCOPE)
  set(rules ${rules} "${what}" PARENT_SCOPE)
endfunction()

# --- The rules ------------------------------------------------------------------------------------

string(CONCAT top "^(CMakeLists\\.txt|CMakePresets\\.json|README\\.md|CHANGELOG\\.md|LICENSE|pyproject\\.toml"
  "|quickstart|\\.clang-format|\\.gitignore|(\\.ci|include|lib|bindings|bench|tests|docs)/.*)$")
string(CONCAT rooms "^([^/]*|(\\.ci|bench|docs)/.*|include/racked/((des|v1)/)?[^/]*|lib/((des|racked)/)?[^/]*"
  "|bindings/(cli|python)/.*|tests/((des|racked|python|install|golden)/.*|[^/]*))$")
string(CONCAT banned "managers?|utils?|helpers?|common|misc|base|impls?|processors?|factory|factories"
  "|wrappers?|contexts?")
string(CONCAT Banned "Managers?|Utils?|Helpers?|Common|Misc|Base|Impls?|Processors?|Factory|Factories"
  "|Wrappers?|Contexts?")
string(CONCAT threads "thread|mutex|shared_mutex|condition_variable|future|atomic|semaphore|latch|barrier"
  "|stop_token")
set(streams "iostream|istream|ostream|fstream|sstream|syncstream|iosfwd|iomanip|cstdio")
# What happens on a site, and what it stands on: all that one replication knows.
string(CONCAT concerns "accounts|branch|calendar|cash|cash_records|construction|darkness|deals|deployment|labour|luck"
  "|network|positions|power|power_flow|power_grid|procurement|risks|service|simulation|state|stranded|supply|triggers"
  "|weather")
string(CONCAT replication "^(include|lib)/racked/(${concerns}|timeline|units|table)\\.(h|cpp)$"
  "|^include/racked/model\\.h$")
string(CONCAT known_to_replication "^<racked/des/|^<racked/(${concerns}|model|policies|timeline|units|table)\\.h>"
  "|^<boost/|^<[a-z_0-9]+>$|^\"(${concerns})\\.h\"$")
string(CONCAT prints_or_exits "std::(cout|cerr|clog|quick_exit|terminate)|fmt::print"
  "|(^|[^a-z_])(printf|fprintf|puts|fputs|putchar|perror|exit|abort|_Exit) *\\(")
set(last_bits "log(2|10|1p)?|exp(2|m1)?|pow|cbrt|hypot|erfc?|[lt]gamma|a?(sin|cos|tan)h?|atan2")
set(kernel "^(include/racked|lib)/des/")

file_rule(says_top "is outside the agreed top level")
file_rule(says_room "is in a folder that the plan of the house does not name")
file_rule(says_file_name "is a file called by a word that says nothing")
file_rule(says_pragma "a header begins with #pragma once")
file_rule(says_missing "includes a header of the project that does not exist")
file_rule(says_same_folder "quotes are for a header of the same folder")
file_rule(says_columns "is longer than 100 columns")
file_rule(says_untested "has no test of its name")

rule(only "${kernel}" "" "^<racked/des/|^<boost/(random|math)/|^<[a-z_0-9]+>$|^<sys/mman\\.h>$|^\""
  "the kernel knows itself, the standard library, pages of memory, Boost.Random and Boost.Math")
# Boost.Math tells numbers in the words of its exceptions.
rule(includes "${kernel}" "^lib/des/portable_real\\." "^<(${threads}|${streams}|execution)>"
  "the kernel knows neither threads nor streams of text")
rule(includes "^include/racked/des/" "" "^<boost/math"
  "kernel headers show nothing of Boost but Boost.Random")
rule(includes "^include/racked/" "^include/racked/files\\.h$" "\\.pb\\.h>"
  "of the public headers only files.h shows generated messages")
rule(includes "^lib/racked/(audit|chain|experiment|results|report)" "_files\\.cpp$|/results_message\\.cpp$"
  "\\.pb\\.h>|^<racked/files\\.h>"
  "messages are seen by files and model, and by nobody behind them")
rule(only "${replication}" "" "${known_to_replication}"
  "a replication knows its model, its state and the kernel, not that it is one of many")
rule(includes "${replication}" "" "^<(${threads})>" "a replication has no threads")
rule(includes "^lib/racked/audit" ""
  "^\"[^a]|^\"a[^u]|^<racked/(simulation|chain|experiment|results|report|files)\\.h>"
  "audit shares no code with what it judges")
rule(includes "." "^lib/racked/network\\.cpp$" "^<boost/graph/" "Boost.Graph is seen only by network.cpp")
rule(includes "." "^bindings/cli/" "^<CLI/" "CLI11 is seen only by bindings/cli")
rule(includes "." "^bindings/python/" "^<pybind11/" "pybind11 is seen only by bindings/python")
rule(includes "^(lib|include)/" "^lib/racked/(files|results|report|[a-z]+_tables)[a-z_]*\\.cpp$" "^<(fmt|nlohmann)/"
  "fmt and nlohmann-json are for doors and writers")
rule(includes "^include/" "" "^\"" "public headers are included with angle brackets")
rule(includes "." "" "^<(execution|format|expected|source_location)>"
  "this header is missing or harmful with the oldest compilers supported")

rule(code "^(lib|include)/" "" "${prints_or_exits}" "the library neither prints nor exits")
rule(code "^(lib|include)/" "" "(^|[^a-z_])thread_local[^a-z_]|(^| )static +[^c(][^(]*[={${semicolon}]"
  "the library holds no state of its own")
rule(code "^(lib|include)/" "" "(^|[^a-z_])std::(${last_bits})\\("
  "the C library's function ends in other bits elsewhere: see des/portable_math.h")
rule(code "^(lib|include)/racked/" "/des/" "shared_ptr" "the domain shares nothing by counting")
rule(code "." "" "^ *# *define" "no macros")
rule(code "." ""
  "^ *(class|struct|enum|enum class|union|using|concept|message) [A-Za-z0-9]*(${Banned})([^a-z]|$)"
  "is a type called by a word that says nothing")
rule(code "." "" "(^|[^a-zA-Z_.>:])([a-z0-9]+_)*(${banned})(_[a-z0-9]+)*\\("
  "is a function called by a word that says nothing")

rule(text "." "" "(^|[^A-Za-z])(TO[D]O|FIX[M]E|X[X]X|HA[C]K)([^A-Za-z]|$)"
  "an open end is filed, not left in the source")
rule(text "." "" "(^|[\"'` (=:])/(work|root|home|farm|tmp)/[a-z.]" "names a folder of some machine")

# Sources whose promises are tested under another name.
set(test_of_cash_records cash_test)
set(test_of_units deployment_test)
set(test_of_response sensitivity_study_test)
set(test_of_timeline results_test)

# --- The files ------------------------------------------------------------------------------------

# Those that git knows or would add; without git, all below ROOT that are not built.
set(failed TRUE)
if(EXISTS ${ROOT}/.git)
  execute_process(COMMAND git -C ${ROOT} ls-files --cached --others --exclude-standard
    OUTPUT_VARIABLE files RESULT_VARIABLE failed ERROR_QUIET)
  string(REPLACE "\n" ";" files "${files}")
endif()
if(failed)
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/*)
  list(FILTER files EXCLUDE REGEX "^(build|\\.git|\\.cache)/|__pycache__/")
endif()

# Lines of a file as a list.
function(read_lines file result)
  file(READ ${ROOT}/${file} text)
  string(REPLACE ";" "${semicolon}" text "${text}")
  string(REPLACE "[" "${open}" text "${text}")
  string(REPLACE "]" "${close}" text "${text}")
  string(REPLACE "\\" "${backslash}" text "${text}")
  string(REPLACE "\n" ";" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# Bytes that continue a character of UTF-8 take no column.
string(ASCII 128 first_continuation)
string(ASCII 191 last_continuation)

set(tops "")
foreach(file IN LISTS files)
  if(file STREQUAL "" OR NOT EXISTS ${ROOT}/${file})
    continue()
  endif()

  # Where it lies and what it is called.
  string(REGEX REPLACE "/.*" "" entry "${file}")
  if(NOT file MATCHES "${top}")
    if(NOT entry IN_LIST tops)
      list(APPEND tops "${entry}")
      violation("${entry}" "${says_top}")
    endif()
  elseif(NOT file MATCHES "${rooms}")
    violation("${file}" "${says_room}")
  endif()
  string(TOLOWER "/${file}/" words)
  if(words MATCHES "[/_.-](${banned})[/_.-]")
    violation("${file}" "${says_file_name}")
  endif()

  # Whether a test mirrors it.
  if(file MATCHES "^(include/racked/des|include/racked|lib/racked)/([a-z_]+)\\.(h|cpp)$")
    set(folder "${CMAKE_MATCH_1}")
    set(stem "${CMAKE_MATCH_2}")
    set(tests tests/racked)
    if(folder STREQUAL "include/racked/des")
      set(tests tests/des)
    endif()
    set(test "${stem}_test")
    if(DEFINED test_of_${stem})
      set(test "${test_of_${stem}}")
    endif()
    if(folder STREQUAL "include/racked/des"
        OR (folder STREQUAL "lib/racked" AND file MATCHES "\\.cpp$"
          AND (stem MATCHES "^(${concerns})$" OR EXISTS ${ROOT}/include/racked/${stem}.h)))
      if(NOT EXISTS ${ROOT}/${tests}/${test}.cpp)
        violation("${file}" "${says_untested}")
      endif()
    endif()
  endif()

  # Which rules its lines are held to.
  if(NOT file MATCHES "\\.(h|cpp|proto|py|cmake|in|txt|md|json|toml|textproto)$|^quickstart$|^\\.ci/")
    continue()
  endif()
  foreach(kind includes only code text)
    set(${kind}_rules "")
  endforeach()
  math(EXPR last "${line_rules} - 1")
  foreach(i RANGE ${last})
    if(file MATCHES "${rule_${i}_files}"
        AND ("${rule_${i}_but}" STREQUAL "" OR NOT file MATCHES "${rule_${i}_but}"))
      list(APPEND ${rule_${i}_kind}_rules ${i})
    endif()
  endforeach()
  set(code FALSE)
  if(file MATCHES "\\.(h|cpp|proto)$")
    set(code TRUE)
  endif()

  read_lines(${file} lines)
  cmake_path(GET file PARENT_PATH folder)
  set(number 0)
  set(pragma FALSE)
  set(raw FALSE)
  foreach(line IN LISTS lines)
    math(EXPR number "${number} + 1")
    foreach(i IN LISTS text_rules)
      if(line MATCHES "${rule_${i}_pattern}")
        violation("${file}:${number}" "${rule_${i}_says}")
      endif()
    endforeach()
    if(NOT code)
      continue()
    endif()

    # What stands in a raw string is no C++.
    if(raw)
      if(line MATCHES "\\)${raw_tag}\"")
        set(raw FALSE)
      endif()
      continue()
    elseif(line MATCHES "R\"([a-z]*)\\(")
      set(raw_tag "${CMAKE_MATCH_1}")
      if(NOT line MATCHES "\\)${raw_tag}\"")
        set(raw TRUE)
      endif()
    endif()

    string(LENGTH "${line}" columns)
    if(columns GREATER 100 AND NOT file MATCHES "\\.proto$")
      string(REGEX REPLACE "[${first_continuation}-${last_continuation}]" "" line "${line}")
      string(LENGTH "${line}" columns)
      if(columns GREATER 100)
        violation("${file}:${number}" "${says_columns}")
      endif()
    endif()
    if(line MATCHES "^#pragma once")
      set(pragma TRUE)
    endif()

    if(line MATCHES "^ *# *include *(<[^>]*>|\"[^\"]*\")")
      set(name "${CMAKE_MATCH_1}")
      foreach(i IN LISTS includes_rules)
        if(name MATCHES "${rule_${i}_pattern}")
          violation("${file}:${number}" "${rule_${i}_says}")
        endif()
      endforeach()
      foreach(i IN LISTS only_rules)
        if(NOT name MATCHES "${rule_${i}_pattern}")
          violation("${file}:${number}" "${rule_${i}_says}")
        endif()
      endforeach()
      if(name MATCHES "^\"(.*)\"$")
        if(CMAKE_MATCH_1 MATCHES "/" OR NOT EXISTS ${ROOT}/${folder}/${CMAKE_MATCH_1})
          violation("${file}:${number}" "${says_same_folder}")
        endif()
      elseif(name MATCHES "^<(racked/.*)>$")
        string(REGEX REPLACE "\\.pb\\.h$" ".proto" source "${CMAKE_MATCH_1}")
        if(NOT EXISTS ${ROOT}/include/${source})
          violation("${file}:${number}" "${says_missing}")
        endif()
      endif()
    else()
      string(REGEX REPLACE "//.*" "" line "${line}")
      foreach(i IN LISTS code_rules)
        if(line MATCHES "${rule_${i}_pattern}")
          violation("${file}:${number}" "${rule_${i}_says}")
        endif()
      endforeach()
    endif()
  endforeach()
  if(file MATCHES "\\.h$" AND NOT pragma)
    violation("${file}:1" "${says_pragma}")
  endif()
endforeach()

# --- What there is to say -------------------------------------------------------------------------

if(ALL_SPEAK)
  list(REMOVE_ITEM rules ${spoken})
  foreach(what IN LISTS rules)
    string(APPEND violations "said nothing: ${what}\n")
  endforeach()
endif()
if(violations)
  message("${violations}")
  message(FATAL_ERROR "the rules of the house are broken")
endif()
