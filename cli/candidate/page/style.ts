import type { PageData } from "./data.ts";

/** The animation of the lease's bar: from the rest of the lease to zero. Numbers only. */
export function leaseStyle(lease: PageData["lease"]): string {
  if (!lease || !(lease.seconds > 0)) return "";
  const left = Math.min(Math.max(lease.left, 0), lease.seconds);
  const share = (left / lease.seconds).toFixed(4);
  return `.lease i{animation-duration:${left.toFixed(3)}s}` +
    `@keyframes run-down{from{transform:scaleX(${share})}to{transform:scaleX(0)}}`;
}

export const PAGE_STYLE = `
:root{--page:#f5f6f8;--card:#fff;--line:#e3e6eb;--text:#1b2430;--soft:#566172;
--good:#1a7f4b;--calm:#33619f;--warn:#8f5600;--bad:#b3261e;--bad-soft:#fdf1f0;--bad-line:#f0c4c0;
--own:#1a7f4b;--h0:#3b6fb6;--h1:#8258a9;--h2:#99602f;--h3:#3f7180;--gap:#d9dde3}
@media (prefers-color-scheme:dark){:root{--page:#10151b;--card:#182028;--line:#2a343f;--text:#e8edf2;--soft:#a3b0be;
--good:#55c78d;--calm:#86b3ee;--warn:#e8b355;--bad:#ff9088;--bad-soft:#2a1a1b;--bad-line:#5c302f;
--own:#27835a;--h0:#4474b8;--h1:#8b62b2;--h2:#a06534;--h3:#447685;--gap:#33404d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;
font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
main{max-width:760px;margin:0 auto;padding:20px 16px 32px}
h1,h2,p,dl,ul{margin:0;padding:0}
a{color:inherit}a:focus-visible{outline:2px solid var(--calm);outline-offset:2px}
.name{overflow-wrap:anywhere;unicode-bidi:isolate}
.lock{color:var(--soft);font-size:14px;padding:0 2px 10px}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px;margin-bottom:14px;overflow:hidden}
.hero{padding:24px 24px 22px;border-top:4px solid var(--tone)}
.good{--tone:var(--good)}.calm{--tone:var(--calm)}.warn{--tone:var(--warn)}.bad{--tone:var(--bad)}
.state{display:flex;align-items:center;gap:8px;color:var(--tone);font-weight:600}
.dot{width:10px;height:10px;border-radius:5px;background:var(--tone)}
h1{font-size:clamp(24px,6vw,34px);line-height:1.2;font-weight:650;letter-spacing:-.01em;margin:8px 0 4px}
.lead{color:var(--soft)}
.facts{display:flex;flex-wrap:wrap;gap:2px 20px;margin-top:12px}
.lease{height:10px;border-radius:5px;background:var(--gap);margin:16px 0 8px;overflow:hidden}
.lease i{display:block;height:100%;border-radius:5px;background:var(--tone);transform-origin:left;
animation:run-down 0s linear both}
.note,.scale{color:var(--soft);font-size:14px}.note b{color:var(--text)}
.fault{background:var(--bad-soft);border-color:var(--bad-line);border-left:4px solid var(--bad)}
.fault h2{color:var(--bad);font-size:17px;margin-bottom:4px}
.fault p{overflow-wrap:anywhere}.fault .out{margin-top:8px}
.columns{display:grid;grid-template-columns:1fr 1fr;gap:0 14px;align-items:stretch}
h2{font-size:15px;font-weight:650;margin-bottom:10px}
dl{display:grid;grid-template-columns:auto 1fr;gap:5px 16px;font-size:15px}
dt{color:var(--soft)}dd{margin:0;min-width:0}.wide{grid-column:1/-1}
.ok{color:var(--good)}.no{color:var(--bad);font-weight:600}
.spark{display:block;width:100%;height:36px;margin-top:6px;border-bottom:1px solid var(--line)}
.spark rect{fill:var(--h0)}.spark .failed{fill:var(--bad)}
.strip{display:flex;gap:2px;height:30px}
.strip i{min-width:3px;flex-basis:0;border-radius:4px;overflow:hidden;color:#fff;font:600 13px/30px system-ui,sans-serif;
text-align:center;white-space:nowrap}
.own{background:var(--own)}.h0{background:var(--h0)}.h1{background:var(--h1)}.h2{background:var(--h2)}.h3{background:var(--h3)}
.strip .gap{background:repeating-linear-gradient(135deg,var(--gap) 0 3px,transparent 3px 7px)}
.scale{display:flex;justify-content:space-between;margin-top:4px}
ul{list-style:none}
.terms li{display:grid;grid-template-columns:12px 4ch 1fr auto;gap:0 10px;padding:8px 0;border-top:1px solid var(--line);align-items:baseline}
.terms{margin-top:12px}.terms li:last-child,.log li:last-child{padding-bottom:0}.swatch{width:12px;height:12px;border-radius:3px}
.token,.when,small{color:var(--soft);font-size:14px;font-weight:400}.who{font-weight:600;min-width:0}.when{text-align:right}
.log li{padding:8px 0;border-top:1px solid var(--line);font-size:14px;overflow-wrap:anywhere}
.log time{color:var(--soft);margin-right:8px}
footer{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 20px;color:var(--soft);font-size:14px;padding:4px 2px}
@media (max-width:620px){.columns{grid-template-columns:1fr}.hero{padding:18px}
.terms li{grid-template-columns:12px 4ch 1fr}.when{grid-column:3;text-align:left}}
@media (prefers-reduced-motion:reduce){.lease i{animation-timing-function:steps(12)}}
`;
