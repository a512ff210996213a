/** The shop's one style sheet, inline: a page is one request. */
export const style = `
:root { color-scheme: light dark; --ink: #22201c; --paper: #faf7f0; --line: #d9d2c3; --accent: #8a3b12; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece7dc; --paper: #1b1916; --line: #3b372f; --accent: #e08a5b; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 Georgia, serif; }
header { display: flex; justify-content: space-between; align-items: baseline; border-bottom: 1px solid var(--line); padding-bottom: .5rem; }
a { color: var(--accent); } nav a { margin-left: 1rem; } .brand { font-size: 1.3rem; font-weight: bold; text-decoration: none; }
.grid { list-style: none; padding: 0; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); }
.card { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem 1rem; } .card h2 { font-size: 1.1rem; margin: .3rem 0; }
.price { font-weight: bold; } .form { display: grid; gap: .8rem; max-width: 22rem; } .form label { display: grid; gap: .2rem; }
input, select, button { font: inherit; padding: .4rem .6rem; } button { background: var(--accent); color: var(--paper); border: 0; border-radius: .3rem; }
aside { margin-top: 2rem; border: 1px dashed var(--line); border-radius: .4rem; padding: .3rem 1rem; font-size: .9rem; } aside h2 { font-size: 1rem; }
.note { border-left: .3rem solid var(--accent); padding-left: .7rem; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.verdict.allow { color: #2e7d32; } .verdict.tag, .verdict.throttle { color: #b26a00; } .verdict.block { color: #c62828; }
`;
