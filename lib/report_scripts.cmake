# Fetches the scripts that draw the charts of reports from npm, and joins them into one file. Run as
#   cmake -DNPM=<npm> -DWORK=<scratch folder> -DTO=<report_scripts.js> -P report_scripts.cmake
# Without them reports have plain drawings: where npm can't be asked the build goes on, and asks again when
# it is next run.

cmake_minimum_required(VERSION 3.25)

# package, version, its script, SHA-256 of the archive
set(packages
  "vega 5.33.0 vega.min.js 7b61f992d1a1e196e7f2eeb3d6176e5694949d0d4bbfea237a842d523dd6e1f3"
  "vega-lite 5.23.0 vega-lite.min.js e4cbfdd8f6f1abe381c59cd558fd6a559c12b1496bfdf2e0c3295263a40fe4da"
  "vega-embed 6.29.0 vega-embed.min.js ecf1ee709c2bac9e0a4ead6908114b05b62c71493e10a8a4308109bb070f8eb1")

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
set(wanted "")
foreach(package IN LISTS packages)
  string(REPLACE " " ";" parts "${package}")
  list(GET parts 0 name)
  list(GET parts 1 version)
  list(APPEND wanted ${name}@${version})
endforeach()
set(problem "")
execute_process(COMMAND ${NPM} pack --silent --fetch-retries=1 --fetch-timeout=60000 ${wanted}
  WORKING_DIRECTORY ${WORK} TIMEOUT 300 RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE said)
if(failed)
  set(problem "npm gave nothing (${failed}) ${said}")
endif()

set(text "")
foreach(package IN LISTS packages)
  if(problem)
    break()
  endif()
  string(REPLACE " " ";" parts "${package}")
  list(GET parts 0 name)
  list(GET parts 1 version)
  list(GET parts 2 script)
  list(GET parts 3 expected)
  set(archive ${WORK}/${name}-${version}.tgz)
  file(SHA256 ${archive} hash)
  if(NOT hash STREQUAL expected)
    set(problem "${name} ${version} is not what it was: ${hash}")
    break()
  endif()
  file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${WORK}/${name})
  file(READ ${WORK}/${name}/package/LICENSE license)
  file(READ ${WORK}/${name}/package/build/${script} own)
  # Nothing in it may end the element that it stands in, nor name a file that is not there.
  string(REPLACE "</script" "<\\/script" own "${own}")
  string(REGEX REPLACE "//# sourceMappingURL=[^\n]*" "" own "${own}")
  string(APPEND text "/*! ${name} ${version}\n\n${license}*/\n${own}\n")
endforeach()
if(problem)
  message("Reports will have plain drawings: ${problem}")
  return()
endif()
file(WRITE ${TO}.part "${text}")
file(RENAME ${TO}.part ${TO})
file(REMOVE_RECURSE ${WORK})
