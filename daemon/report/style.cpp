#include "report/render.h"

namespace sluis::report {

std::string_view figureStyles() {
  return R"(:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#fff;color:#111;font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
.figures{max-width:68rem;margin:0 auto;padding:1rem}
.figures h1{margin:0;font-size:1.75rem;line-height:1.2}
.figures h2{margin:2rem 0 .5rem;font-size:1.25rem;line-height:1.3}
.figures h3{margin:1rem 0 .25rem;font-size:1rem}
.figures .for{margin:.25rem 0;font-size:1.1rem}
.figures .asked{margin:.5rem 0;padding:0;list-style:none}
.figures .asked li{display:inline-block;margin:0 .5rem .25rem 0;padding:.1rem .6rem;border:1px solid #666;border-radius:1rem}
.figures .notice{padding:.75rem 1rem;border-left:.4rem solid #b45f06;background:#fdf3e3}
.figures .brief{margin:.25rem 0;padding-left:1.25rem}
.figures .legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.5rem 0;padding:0;list-style:none;font-size:.9rem}
.figures .legend svg{vertical-align:-2px;margin-right:.35rem}
.figures .rows{margin:0;padding:0;list-style:none}
.figures .rows>li{padding:.25rem 0 .75rem;border-bottom:1px solid #ddd;break-inside:avoid}
.figures .line{display:grid;grid-template-columns:11rem 1fr 4.5rem 7.5rem;gap:0 1rem;align-items:center;margin:.15rem 0}
.figures .line.alone{grid-template-columns:1fr 4.5rem 7.5rem}
.figures .line .bars svg{display:block;width:100%}
.figures .bars g{stroke:#444}
.figures .bars g+g{font-size:12px;text-anchor:middle;fill:#111;stroke:#fff;stroke-width:3px;paint-order:stroke}
.figures .line .main{grid-column:3;font-size:1.25rem;font-weight:700;text-align:right}
.figures .line .count{grid-column:4;color:#333;font-size:.9rem;white-space:nowrap}
.figures .line.alone .main{grid-column:2}
.figures .line.alone .count{grid-column:3}
.figures .line .none{grid-column:span 3;color:#444;font-style:italic}
.figures .line.beside .who{padding-left:.6rem;border-left:3px solid #777}
.figures .norms{margin:.1rem 0 0;font-size:.9rem}
.figures .wide{overflow-x:auto}
.figures .wide svg{display:block;min-width:40rem;width:100%;height:auto}
.figures table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
.figures caption{padding:.25rem 0;text-align:left}
.figures th,.figures td{padding:.3rem .5rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}
.figures thead th{border-bottom:2px solid #333;vertical-align:bottom}
.figures th[scope=row]{min-width:9rem}
.figures td,.figures th.n{text-align:right;white-space:nowrap}
.figures td.t,.figures td.none{text-align:left;white-space:normal}
.figures thead th.n{white-space:normal;min-width:4.5rem;hyphens:auto}
.figures td.none{color:#444;font-style:italic}
.figures .why{margin-top:2rem;padding:.25rem 1rem 1rem;border:1px solid #888;border-radius:.5rem;background:#f7f7f7}
.figures .why h2{margin-top:.75rem}
.figures .why dl{margin:0}
.figures .why dt{margin-top:.5rem;font-weight:700}
.figures .why dd{margin:0;max-width:60rem;overflow-wrap:anywhere}
.figures .patterns{position:absolute;width:0;height:0}
@media (max-width:44rem){
.figures .line,.figures .line.alone{grid-template-columns:1fr auto auto;gap:0 .75rem;margin:.35rem 0}
.figures .line .who{grid-column:1;grid-row:1}
.figures .line .main,.figures .line.alone .main{grid-column:2;grid-row:1}
.figures .line .count,.figures .line.alone .count{grid-column:3;grid-row:1}
.figures .line .bars{grid-column:1/-1;grid-row:2}
.figures .line .none{grid-column:2/-1;grid-row:1;text-align:right}
.figures .line.alone .none{grid-column:1/-1;text-align:left}
}
@media print{
@page{size:A4;margin:14mm}
body{font-size:10pt}
.figures{max-width:none;padding:0}
.figures .line{grid-template-columns:9rem 1fr 4rem 6.5rem}
.figures .line.alone{grid-template-columns:1fr 4rem 6.5rem}
.figures .wide{overflow:visible}
.figures .wide svg{min-width:0}
.figures table{font-size:8.5pt}
.figures tr,.figures .why{break-inside:avoid}
.figures h2,.figures h3{break-after:avoid}
.figures thead{display:table-header-group}
}
)";
}

}  // namespace sluis::report
