#pragma once

#include <string_view>

namespace racked::report {

/// How a page looks: light or dark as the reader's system is, on wide and narrow screens, on paper.
inline constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --page: #ffffff; --card: #f5f6f8; --ink: #1b1d21; --soft: #585d66;
  --line: #d5d8de; --link: #005a8c; --mark: #0072b2; }
@media screen and (prefers-color-scheme: dark) {
  :root { --page: #14161a; --card: #1e2127; --ink: #e8eaee; --soft: #a6acb7; --line: #3a3f48;
    --link: #7cc4f0; --mark: #56b4e9; }
  .chart svg [stroke="#0072B2"] { stroke: #2f8fe6; }
  .chart svg [fill="#0072B2"] { fill: #2f8fe6; }
  .legend span[style*="#0072B2"] { background: #2f8fe6 !important; }
  .chart svg [stroke="#56B4E9"] { stroke: #a9defb; }
  .chart svg [fill="#56B4E9"] { fill: #a9defb; }
  .legend span[style*="#56B4E9"] { background: #a9defb !important; }
}
* { box-sizing: border-box; }
html { background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto,
  "Helvetica Neue", "Noto Sans", sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem 1.25rem 4rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
  outline: 3px solid var(--mark); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--page); padding: .5rem; }
h1, h2, h3, h4, p, li, dd, figcaption { overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .5rem 0 .25rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { font-size: 1.05rem; margin: 1.25rem 0 .25rem; }
h4 { font-size: .95rem; margin: .9rem 0 .25rem; }
.chain { padding-left: 1.6rem; }
.chain li { margin: .3rem 0; }
.when { color: var(--soft); font-variant-numeric: tabular-nums; }
p { margin: .4rem 0 .8rem; }
.soft, figcaption, .legend, caption { color: var(--soft); }
.notice { border-left: 4px solid #d55e00; background: var(--card); padding: .6rem .9rem; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: .75rem 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(13.4rem, 1fr)); gap: .8rem;
  margin: 1rem 0; padding: 0; list-style: none; }
.cards > li { background: var(--card); border-radius: .5rem; padding: .8rem 1rem; }
.cards h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
.cards .big { font-size: 1.6rem; font-weight: 650; font-variant-numeric: tabular-nums; margin: .1rem 0; }
.cards .big .soft { font-size: .9rem; font-weight: normal; }
.cards p { margin: .1rem 0; font-size: .93rem; }
.cards p.big { font-size: 1.5rem; }
.cards dl { display: grid; grid-template-columns: auto auto; justify-content: space-between; margin: .5rem 0 0;
  font-variant-numeric: tabular-nums; border-top: 1px solid var(--line); padding-top: .35rem; }
.cards dd { margin: 0; text-align: right; font-weight: 600; }
figure { margin: 1.25rem 0 1.5rem; }
figure h3 { margin-bottom: .1rem; }
figcaption { font-size: .9rem; margin-bottom: .4rem; }
.legend { list-style: none; padding: 0; margin: .3rem 0; display: flex; flex-wrap: wrap; gap: .15rem 1rem;
  font-size: .85rem; padding-right: 2.4rem; }
.legend span { display: inline-block; width: .85em; height: .85em; margin-right: .4em; border-radius: 2px;
  vertical-align: -.08em; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.chart { width: 100%; min-height: 3rem; color: var(--ink); }
.chart svg { max-width: 100%; height: auto; display: block; overflow: visible; }
.chart svg text { font-family: inherit; }
.chart .grid { stroke: currentColor; stroke-opacity: .15; }
.chart .curve { fill: none; stroke-width: 2; }
.chart .steps { stroke-dasharray: 7 4; }
.chart > svg text { fill: currentColor; font-size: 12px; }
.chart.vega-embed { display: block; padding: 0; position: relative; }
.chart.vega-embed.has-actions { padding-right: 0; }
.chart.vega-embed > details { position: absolute; top: -2.1rem; right: 0; }
.chart.vega-embed summary { position: static; }
.chart.vega-embed summary { background: var(--card); border-color: var(--line); color: var(--ink); }
.chart.vega-embed .vega-actions { background: var(--card); border-color: var(--line); }
.chart.vega-embed .vega-actions a { color: var(--ink); }
.chart.vega-embed .vega-actions a:hover { background: var(--line); color: var(--ink); }
#vg-tooltip-element { background: var(--page); color: var(--ink); border: 1px solid var(--line);
  font-family: inherit; max-width: 24rem; overflow-wrap: anywhere; }
#vg-tooltip-element table tr td.key { color: var(--soft); max-width: 12rem; }
details > summary { cursor: pointer; color: var(--link); font-size: .9rem; }
.scroll { overflow: auto; max-height: 26rem; border: 1px solid var(--line); margin: .4rem 0; }
.scroll.free { max-height: none; border: 0; }
table { border-collapse: collapse; font-size: .88rem; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .25rem .5rem; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { background: var(--card); position: sticky; top: 0; }
td.number, th.number { text-align: right; white-space: nowrap; }
.scroll.free td + td { white-space: nowrap; }
td, th { overflow-wrap: break-word; }
.share { display: inline-block; height: .6rem; background: var(--mark); border-radius: 2px; vertical-align: middle;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
pre { background: var(--card); padding: .7rem .9rem; overflow: auto; font-size: .85rem; border-radius: .4rem; }
code { font-size: .9em; overflow-wrap: anywhere; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 34rem) {
  body { padding: .5rem .8rem 3rem; }
  h1 { font-size: 1.35rem; }
  th, td { padding: .2rem .4rem; }
  dl.facts { grid-template-columns: 1fr; }
  dl.facts dt { margin-top: .4rem; }
}
@media print {
  html { font-size: 10.5pt; }
  body { max-width: none; padding: 0; }
  nav, .skip, figure details, .vega-embed details { display: none !important; }
  figure, .cards > li, tr { break-inside: avoid; }
  h2, h3, h4, figcaption { break-after: avoid; }
  .scroll { overflow: visible; max-height: none; border: 0; }
  thead th { position: static; }
  pre { white-space: pre-wrap; }
  .chart svg { min-width: 70%; height: auto; }
  a { color: inherit; text-decoration: none; }
}
)css";

/// Draws every chart of the page from its spec.
inline constexpr std::string_view kDrawing = R"js(
"use strict";
for (const chart of document.querySelectorAll("[data-spec]")) {
  const spec = JSON.parse(document.getElementById(chart.dataset.spec).textContent);
  spec.width = "container";
  spec.autosize = { type: "fit-x", contains: "padding" };
  delete spec.title;
  for (const outer of spec.layer)
    for (const layer of outer.layer || [outer])
      if (layer.encoding.color) layer.encoding.color.legend = null;
  const ink = { labelColor: "currentColor", titleColor: "currentColor" };
  const narrow = chart.clientWidth < 480;
  const plain = chart.innerHTML;
  vegaEmbed(chart, spec, {
    renderer: "svg",
    actions: { export: true, source: false, compiled: false, editor: false },
    downloadFileName: chart.dataset.name,
    config: {
      background: null,
      font: getComputedStyle(document.body).fontFamily,
      view: { stroke: null },
      text: { color: "currentColor", fontSize: 11 },
      axis: { ...ink, domainColor: "currentColor", domainOpacity: 0.4, tickColor: "currentColor",
              tickOpacity: 0.4, gridColor: "currentColor", gridOpacity: 0.13, labelFontSize: 12,
              titleFontSize: 12, titleFontWeight: "normal" },
      axisY: { labelLimit: narrow ? 150 : 320, labelFontSize: narrow ? 11 : 12 },
      axisX: { tickCount: narrow ? 4 : 9 }
    }
  }).catch(error => {
    chart.innerHTML = plain;
    console.error(error);
  });
}
)js";

}  // namespace racked::report
