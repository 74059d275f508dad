# Opens reports in a browser: every chart is drawn, the console stays silent, no request leaves the page,
# nothing is wider than a phone, and what is printed is a few pages.
#   cmake -DCOMMAND=<racked> -DBROWSER=<chromium> -DSOURCE=… -DWORK=… -P report_browser.cmake

cmake_minimum_required(VERSION 3.25)

if(NOT BROWSER)
  message("skipped: there is no chromium")
  return()
endif()
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})

# Opens a page. Sets `dom`, what the page has become; `console`, what was said on it; `requests`, what it
# asked of the network, none of which is answered.
function(open page)
  set(log ${WORK}/net_log.json)
  file(REMOVE ${log})
  execute_process(
    COMMAND ${BROWSER} --headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run
      --user-data-dir=${WORK}/profile "--host-resolver-rules=MAP * ~NOTFOUND" --enable-logging=stderr
      --log-net-log=${log} --virtual-time-budget=20000 ${ARGN} --dump-dom file://${page}
    TIMEOUT 240 RESULT_VARIABLE failed OUTPUT_VARIABLE dom ERROR_VARIABLE said)
  if(failed)
    message(FATAL_ERROR "${page}: the browser failed: ${failed}\n${said}")
  endif()
  string(REGEX MATCHALL "CONSOLE:[^\n]*" console "${said}")
  set(requests "")
  if(EXISTS ${log})
    file(READ ${log} net)
    string(REGEX MATCHALL "{site=file://[^\"]*\",\"url\":\"https?:[^\"]*\"" requests "${net}")
  endif()
  foreach(name dom console requests)
    set(${name} "${${name}}" PARENT_SCOPE)
  endforeach()
endfunction()

function(count text what result)
  string(REGEX MATCHALL "${what}" found "${text}")
  list(LENGTH found number)
  set(${result} ${number} PARENT_SCOPE)
endfunction()

function(run)
  execute_process(COMMAND ${COMMAND} ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(failed)
    message(FATAL_ERROR "racked ${ARGN}: ${failed}\n${out}")
  endif()
endfunction()

# What is looked for must be found where it is.
file(WRITE ${WORK}/leaky.html [[<img src="http://127.0.0.1:9/a.png"><script>console.error("wrong")</script>]])
open(${WORK}/leaky.html)
if(NOT requests MATCHES "a\\.png" OR NOT console MATCHES "wrong")
  message(FATAL_ERROR "requests or errors of a page are not seen: ${requests} ${console}")
endif()

# Every chart is an SVG of Vega in its own element; nothing else happened.
function(try_page page drawn)
  open(${page} ${ARGN})
  string(REGEX REPLACE "<script[^>]*>[^<]*</script>" "" dom "${dom}")
  count("${dom}" "data-spec=" charts)
  count("${dom}" "${drawn}" drawings)
  if(charts LESS 4 OR NOT charts EQUAL drawings)
    message(FATAL_ERROR "${page}: ${drawings} of ${charts} charts are drawn")
  endif()
  if(console OR requests)
    message(FATAL_ERROR "${page}: ${console} ${requests}")
  endif()
  message("${page}: ${charts} charts")
endfunction()

# As wide as a phone, in a frame of that width, a page must not have to be moved sideways.
function(try_width page width)
  set(copy ${WORK}/narrow_page.html)
  file(READ ${page} text)
  string(REPLACE "<link rel=\"icon\" href=\"data:,\">" "<script>addEventListener('load', () => setTimeout(() => \
parent.postMessage(document.documentElement.scrollWidth, '*'), 3000))</script>" text "${text}")
  file(WRITE ${copy} "${text}")
  file(WRITE ${WORK}/narrow.html "<iframe src='narrow_page.html' width='${width}' height='800' style='border:0'>\
</iframe><script>addEventListener('message', e => document.body.append('width=' + e.data + '.'))</script>")
  open(${WORK}/narrow.html)
  if(NOT dom MATCHES "width=([0-9]+)\\." OR CMAKE_MATCH_1 GREATER width)
    message(FATAL_ERROR "${page} is ${CMAKE_MATCH_1} wide where there are ${width}")
  endif()
endfunction()

set(scenario ${SOURCE}/docs/scenarios/two_halls.textproto)
run(run ${scenario} -n 20 --seed 1 --progress none --out ${WORK}/a
  --set "title=\"Halls </title><script>console.error('ran')</script>\""
  --set "milestone[first_hall].title=\"</script><script>console.error('ran')</script>\"")
run(run ${scenario} -n 20 --seed 1 --progress none --out ${WORK}/b
  --set "campus[example].feeder[utility].energised.date=2025-08-01")
run(report ${WORK}/a ${WORK}/b --out ${WORK})
run(explain ${WORK}/a/scenario.textproto --milestone first_hall -n 20 --seed 1 --progress none --out ${WORK}/a)
file(READ ${WORK}/a/report.html page LIMIT 4000000)
if(NOT page MATCHES "What would have to be true")
  message(FATAL_ERROR "the explanation does not stand in the report")
endif()
run(run ${SOURCE}/docs/scenarios/two_tenants.textproto -n 20 --seed 1 --progress none --out ${WORK}/money)
foreach(chart deal_halls deal_lab_chips deal_bank_chips cash idle_capital)
  if(NOT EXISTS ${WORK}/money/charts/${chart}.vl.json)
    message(FATAL_ERROR "there is no chart ${chart}")
  endif()
endforeach()

file(READ ${WORK}/a/report.html page LIMIT 4000000)
if(page MATCHES "made without the scripts")
  # Built where npm is not to be had: the charts are those of the page itself.
  try_page(${WORK}/a/report.html "<svg xmlns")
  try_page(${WORK}/money/report.html "<svg xmlns")
else()
  try_page(${WORK}/a/report.html "<svg [^>]*class=\"marks\"|class=\"marks\"")
  try_page(${WORK}/a/report.html "class=\"marks\"" --force-dark-mode
    --blink-settings=preferredColorScheme=0)
  try_page(${WORK}/comparison.html "class=\"marks\"")
  try_page(${WORK}/money/report.html "class=\"marks\"")
endif()
try_width(${WORK}/a/report.html 360)
try_width(${WORK}/comparison.html 360)
try_width(${WORK}/money/report.html 360)

open(${WORK}/a/report.html --print-to-pdf=${WORK}/report.pdf)
file(STRINGS ${WORK}/report.pdf pages REGEX "/Type /Page$")
list(LENGTH pages pages)
if(pages LESS 3 OR pages GREATER 20)
  message(FATAL_ERROR "${pages} pages are printed")
endif()
message("${pages} pages are printed")
