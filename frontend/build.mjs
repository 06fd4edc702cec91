// Builds the browser code into the Python package's static folder, under fixed names.
//
//   node build.mjs                 one minified build; prints the gzipped sizes
//   node build.mjs --check-sizes   the same, and fails when a bundle is over its budget
//   node build.mjs --watch         builds again on each change
//
// Fixed names keep the Python side free of a manifest; each page asks for its bundle
// with ?v=<content hash>, so caches may keep a bundle for ever.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/alltid/web/static");

/** What is built, and how many gzipped bytes its script, style and words may weigh. */
const bundles = [
  { name: "loader", entry: "loader/main.ts", budget: 3 * 1024 },
  {
    name: "widget",
    entry: "widget/main.tsx",
    page: "widget/index.html",
    budget: 20 * 1024,
    // One file of words a language; the heaviest counts towards the budget.
    strings: "widget/strings",
    alias: { "@preact/signals": join(here, "widget/signals_lite.ts") },
  },
  {
    name: "workspace",
    entry: "workspace/main.tsx",
    page: "workspace/index.html",
    budget: 40 * 1024,
    strings: "workspace/words",
  },
  {
    name: "console",
    entry: "console/main.tsx",
    page: "console/index.html",
    budget: 40 * 1024,
    strings: "console/words",
  },
];

const languages = ["en", "sv", "de", "it", "es"];

const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 10);

async function buildOne({ name, entry, page, strings, alias = {} }) {
  const words = strings ? await buildStrings(name, strings) : { files: {}, heaviest: 0 };
  const result = await build({
    entryPoints: { [name]: join(here, entry) },
    outdir: out,
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    // The script's floor is ES2020; the others say which CSS has to be lowered.
    target: ["es2020", "chrome100", "firefox100", "safari15.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    alias: { react: "preact/compat", "react-dom": "preact/compat", ...alias },
    define: { STRING_FILES: JSON.stringify(words.files) },
    legalComments: "none",
    logLevel: "warning",
    loader: { ".svg": "text" },
  });
  const files = {};
  for (const file of result.outputFiles) {
    const kind = file.path.endsWith(".css") ? "css" : "js";
    files[kind] = file.contents;
    writeFileSync(join(out, `${name}.${kind}`), file.contents);
  }
  if (page) writePage(name, page, files);
  return {
    script: gzipped(files.js),
    style: files.css ? gzipped(files.css) : 0,
    words: words.heaviest,
  };
}

/** Writes each language as JSON; gives their addresses, and the weight of the heaviest. */
async function buildStrings(name, folder) {
  const files = {};
  let heaviest = 0;
  for (const language of languages) {
    const result = await build({
      entryPoints: [join(here, folder, `${language}.ts`)],
      bundle: true,
      write: false,
      format: "esm",
      charset: "utf8",
    });
    const code = Buffer.from(result.outputFiles[0].contents).toString("base64");
    const table = (await import(`data:text/javascript;base64,${code}`))[language];
    const json = Buffer.from(JSON.stringify(table));
    const file = `${name}.${language}.json`;
    writeFileSync(join(out, file), json);
    files[language] = `/static/${file}?v=${hash(json)}`;
    heaviest = Math.max(heaviest, gzipped(json));
  }
  return { files, heaviest };
}

/** The page names its bundles by content; it has no inline script or style (strict CSP). */
function writePage(name, page, files) {
  const html = readFileSync(join(here, page), "utf8")
    .replaceAll("{{js}}", `/static/${name}.js?v=${hash(files.js)}`)
    .replaceAll("{{css}}", `/static/${name}.css?v=${hash(files.css ?? "")}`);
  writeFileSync(join(out, `${name}.html`), html);
}

async function buildAll() {
  mkdirSync(out, { recursive: true });
  let over = 0;
  for (const bundle of bundles) {
    const { script, style, words } = await buildOne(bundle);
    const total = script + style + words;
    const verdict = total > bundle.budget ? "OVER" : "ok";
    if (total > bundle.budget) over += 1;
    console.log(
      `${bundle.name.padEnd(10)} ${kilobytes(total)} of ${kilobytes(bundle.budget)} gzipped ` +
        `(script ${kilobytes(script)}, style ${kilobytes(style)}, words ${kilobytes(words)}) ${verdict}`,
    );
  }
  return over;
}

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(2)} KB`;

function watchAll() {
  let timer;
  const again = (_event, file) => {
    if (file && /node_modules|\.test-build/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => buildAll().catch((error) => console.error(error.message)), 80);
  };
  watch(here, { recursive: true }, again);
  console.log("watching; Ctrl-C ends it");
}

const over = await buildAll();
if (process.argv.includes("--watch")) watchAll();
else if (over > 0 && process.argv.includes("--check-sizes")) {
  console.error(`${over} bundle(s) over budget: what was added has to earn its place, or go.`);
  process.exit(1);
}
