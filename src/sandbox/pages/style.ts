// The one stylesheet of the sandbox's pages. Text has a contrast of at least 4.5 to 1 on its ground, light and dark
// (WCAG 2.2, 1.4.3); below 48rem tables are read as cards.

export const STYLE = `
:root{color-scheme:light dark;--ground:#f6f5f2;--sheet:#fff;--ink:#1c2026;--soft:#565e69;--line:#dcdad3;--link:#0f57ad;--tint:#eef3fb;--sign:#f5c518;--on-sign:#201a00;--stripe:#2b2300}
@media (prefers-color-scheme:dark){:root{--ground:#121519;--sheet:#1b2026;--ink:#e9ebee;--soft:#a5adb8;--line:#333a43;--link:#8fbcff;--tint:#202a38}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:.18em}
a:focus-visible,summary:focus-visible,iframe:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
main:focus{outline:0}
.skip{position:absolute;left:-99rem;padding:.6rem 1rem;background:var(--sheet);z-index:1}
.skip:focus{left:.5rem;top:.5rem}
.banner{margin:0;padding:.45rem 1rem .6rem;background:var(--sign);color:var(--on-sign);font-size:clamp(.8125rem,4vw,1rem);text-align:center;border-bottom:6px solid transparent;border-image:repeating-linear-gradient(-45deg,var(--stripe) 0 9px,var(--sign) 9px 18px) 6}
.banner strong{text-transform:uppercase;letter-spacing:.12em;margin-right:.5em}
.bar,main,footer{width:100%;max-width:64rem;margin:0 auto;padding:0 1.25rem}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.5rem;padding-top:.75rem;padding-bottom:.75rem}
.brand{display:inline-flex;align-items:center;gap:.55rem;font-weight:700;font-size:1.1rem;color:inherit;text-decoration:none}
nav ul{display:flex;flex-wrap:wrap;gap:.15rem;margin:0;padding:0;list-style:none}
nav li a{display:block;padding:.45rem .7rem;border-radius:8px;color:var(--soft);text-decoration:none}
nav li a:hover{color:var(--ink);background:var(--tint)}
nav [aria-current]{color:var(--ink);background:var(--sheet);font-weight:600;box-shadow:inset 0 0 0 1px var(--line)}
main{flex:1;padding-top:1rem;padding-bottom:3rem}
footer{padding-top:1rem;padding-bottom:1.5rem;color:var(--soft);font-size:.875rem;border-top:1px solid var(--line)}
footer p{margin:0}
h1{font-size:clamp(1.5rem,1.2rem + 1.6vw,2.1rem);line-height:1.2;letter-spacing:-.015em;margin:.25rem 0 .5rem;text-wrap:balance}
h2{font-size:1.2rem;line-height:1.3;margin:2.25rem 0 .75rem}
h1+.sheet{margin-top:1.25rem}
.solid{display:inline-block}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.lead{font-size:1.075rem;color:var(--soft);max-width:44rem;margin:0 0 1.5rem}
.soft,.over{color:var(--soft)}
.over{margin:0;font-size:.875rem;font-weight:600}
.sheet{background:var(--sheet);border:1px solid var(--line);border-radius:14px;padding:1.25rem 1.5rem}
.sheet>:first-child{margin-top:0}.sheet>:last-child{margin-bottom:0}
.chip{display:inline-block;padding:.1rem .6rem;border-radius:99px;background:var(--tint);box-shadow:inset 0 0 0 1px var(--line);font-size:.8125rem;font-weight:600;white-space:nowrap}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:1rem;margin:0;padding:0;list-style:none}
.cards .sheet{display:flex;flex-direction:column}
.cards h2{margin:0;font-size:1rem}
.cards .count{font-size:2.4rem;line-height:1.15;font-weight:700;font-variant-numeric:tabular-nums;margin:.25rem 0}
.cards p{margin:0}
.nothing{text-align:center;padding:2.5rem 1.5rem}
.nothing p{max-width:30rem;margin:.5rem auto}
.nothing strong{font-size:1.15rem}
table{width:100%;background:var(--sheet);border:1px solid var(--line);border-radius:14px;border-spacing:0;border-collapse:separate;overflow:hidden}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{padding:.8rem 1rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
thead th{font-size:.8125rem;font-weight:600;color:var(--soft);padding-top:.6rem;padding-bottom:.6rem;white-space:nowrap}
tbody th{font-weight:600}
tbody tr:hover>*{background:var(--tint)}
td .soft,th .soft{display:block;font-size:.875rem;font-weight:400}
.agenda,.letters{table-layout:fixed}
.agenda th:nth-child(2){width:14.5rem}.agenda th:nth-child(3){width:17rem}.agenda th:nth-child(4){width:5.25rem}
.letters th:nth-child(2){width:16rem}.letters th:nth-child(3){width:15rem}
dl{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.55rem 1.25rem;margin:0}
dt{color:var(--soft);font-size:.9375rem}
dd{margin:0;min-width:0}
code,pre{font:.875rem/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;max-height:34rem;overflow:auto;background:var(--sheet);border:1px solid var(--line);border-radius:14px;padding:1.1rem 1.25rem}
.notes{white-space:pre-wrap}
.letter{height:52rem;min-height:12rem;max-width:100%;border:1px solid var(--line);border-radius:14px;overflow:hidden;resize:vertical;background:Canvas}
.letter iframe{display:block;width:100%;height:100%;border:0}
details{margin:2.25rem 0 0}
summary{cursor:pointer;font-size:1.2rem;font-weight:700;margin-bottom:.75rem}
.along{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0 0 1rem}
.door{display:inline-block;padding:.65rem 1.1rem;border-radius:10px;background:var(--link);color:var(--sheet);font-weight:600;text-decoration:none}
.big{font-size:1.3rem;font-weight:600;line-height:1.35;margin:0}
.big+.soft{margin:.2rem 0 1.25rem}
.plain{margin:.5rem 0 0;padding-left:1.2rem}
@media (max-width:48rem){
.bar,main,footer{padding-left:1rem;padding-right:1rem}
nav ul{margin:0 -.35rem}
nav li a{padding:.4rem .35rem;font-size:.9375rem}
.sheet{padding:1rem 1.1rem}
dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.75rem}dd:last-child{margin-bottom:0}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,th,td{display:block}
tbody tr{padding:.85rem 1.1rem;border-bottom:1px solid var(--line)}
tbody tr:last-child{border-bottom:0}
tbody th,tbody td{padding:.1rem 0;border:0}
tbody tr:hover>*{background:none}
tbody td[data-name]::before{content:attr(data-name) " ";color:var(--soft);font-size:.875rem}
.letter{height:60rem}
}
@media print{.skip,nav{display:none}}
`;
