// Builds the browser code into the Python package's static folder, under fixed names.
//
//   node build.mjs                 one minified build; prints the gzipped sizes
//   node build.mjs --check-sizes   the same, and fails when a bundle is over its budget
//   node build.mjs --watch         builds again on each change
//
// Fixed names keep the Python side free of a manifest; each page asks for its bundle
// with ?v=<content hash>, so caches may keep a bundle for ever.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { buildApp } from "./build_app.mjs";

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
    // Cards (of those who wait, to choose by, to rate by) come with the first of them. They
    // borrow the page's own parts, since chunks would cost the page more than they weigh.
    part: { name: "cards", entry: "widget/cards/main.ts", folder: "widget/cards" },
  },
  {
    name: "workspace",
    entry: "workspace/main.tsx",
    page: "workspace/index.html",
    budget: 40 * 1024,
    strings: "workspace/words",
    later: [
      { name: "online", style: "workspace/online/online.css", strings: "workspace/online/words" },
      { name: "tools", style: "workspace/tools/tools.css", strings: "workspace/tools/words" },
      { name: "meter", style: "shared/pay/meter.css", strings: "shared/pay/words" },
    ],
  },
  {
    name: "console",
    entry: "console/main.tsx",
    page: "console/index.html",
    budget: 40 * 1024,
    strings: "console/words",
    // Places that are loaded when they are opened: what they import with import() becomes files
    // of its own, and so do their style and words (frontend/shared/later.ts).
    later: [
      { name: "pay", style: "console/pay/pay.css", strings: "console/pay/words" },
      { name: "people", style: "console/people/people.css", strings: "console/people/words" },
      { name: "dispatch", style: "console/dispatch/dispatch.css", strings: "console/dispatch/words" },
      { name: "work", style: "console/tools/work.css", strings: "console/tools/words" },
    ],
  },
  {
    name: "freelancer",
    entry: "freelancer/main.tsx",
    page: "freelancer/index.html",
    budget: 40 * 1024,
    strings: "freelancer/words",
    later: [{ name: "pay", style: "freelancer/pay/pay.css", strings: "freelancer/pay/words" }],
  },
  {
    name: "apply",
    entry: "apply/main.tsx",
    page: "apply/index.html",
    budget: 20 * 1024,
    strings: "apply/words",
  },
];

/** What a page may load later, all places together. */
const laterBudget = 60 * 1024;
const languages = ["en", "sv", "de", "it", "es"];

const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 8);

async function buildOne({ name, entry, page, strings, alias = {}, later, part }) {
  const words = strings ? await buildStrings(name, strings) : { files: {}, heaviest: 0 };
  const parts = await buildLater(name, later ?? []);
  const borrower = part ? await buildPart(part) : { file: "", sizes: [] };
  const result = await build({
    entryPoints: { [name]: join(here, entry) },
    outdir: out,
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    ...(later ? { format: "esm", splitting: true, chunkNames: `${name}-[hash]` } : { format: "iife" }),
    // The script's floor is ES2020; the others say which CSS has to be lowered.
    target: ["es2020", "chrome100", "firefox100", "safari15.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    alias: { react: "preact/compat", "react-dom": "preact/compat", ...alias },
    external: ["/static/*"],
    define: {
      STRING_FILES: JSON.stringify(words.files),
      LATER_FILES: JSON.stringify(parts.files),
      PART_FILE: JSON.stringify(borrower.file),
    },
    legalComments: "none",
    logLevel: "warning",
    loader: { ".svg": "text" },
  });
  removeChunks(name);
  const files = {};
  for (const file of result.outputFiles) {
    writeFileSync(file.path, file.contents);
    files[basename(file.path)] = file.contents;
  }
  const first = firstLoad(`${name}.js`, result.metafile.outputs);
  const own = { js: files[`${name}.js`], css: files[`${name}.css`] };
  if (page) writePage(name, page, own, Boolean(later));
  return {
    script: first.reduce((sum, file) => sum + gzipped(files[file]), 0),
    style: own.css ? gzipped(own.css) : 0,
    words: words.heaviest,
    later: [...parts.sizes, ...borrower.sizes, ...chunks(files, first, name)],
  };
}

/** The entry and the chunks that it imports at once: what a first visit has to load. */
function firstLoad(entry, outputs) {
  const byName = Object.fromEntries(
    Object.entries(outputs).map(([path, output]) => [basename(path), output]),
  );
  const found = [entry];
  for (const file of found) {
    for (const { path, kind } of byName[file].imports) {
      if (kind === "import-statement" && !found.includes(basename(path))) found.push(basename(path));
    }
  }
  return found;
}

const chunks = (files, first, name) =>
  Object.keys(files)
    .filter((file) => file.startsWith(`${name}-`) && file.endsWith(".js") && !first.includes(file))
    .map((file) => ({ file, size: gzipped(files[file]) }));

/** Style and words of what is loaded later, under names that its script knows. */
async function buildLater(name, later) {
  const files = {};
  const sizes = [];
  for (const part of later) {
    const own = `${name}_${part.name}`;
    const words = await buildStrings(own, part.strings);
    const style = await build({
      entryPoints: [join(here, part.style)],
      bundle: true,
      write: false,
      minify: true,
      target: ["chrome100", "firefox100", "safari15.4"],
      logLevel: "warning",
    });
    const css = style.outputFiles[0].contents;
    writeFileSync(join(out, `${own}.css`), css);
    files[part.name] = { style: `/static/${own}.css?v=${hash(css)}`, strings: words.files };
    sizes.push({ file: `${own}.css`, size: gzipped(css) });
    sizes.push({ file: `${own}.*.json`, size: words.heaviest });
  }
  return { files, sizes };
}

/** A module that is loaded when it is needed and makes its elements by the page's own Preact. */
async function buildPart({ name, entry, folder }) {
  const result = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: ["es2020", "chrome100", "firefox100", "safari15.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    alias: { "preact/jsx-runtime": join(here, folder, "jsx-runtime.ts") },
    legalComments: "none",
    logLevel: "warning",
  });
  const script = result.outputFiles[0].contents;
  writeFileSync(join(out, `${name}.js`), script);
  const size = gzipped(script);
  return { file: `/static/${name}.js?v=${hash(script)}`, sizes: [{ file: `${name}.js`, size }] };
}

/** Chunks carry their content in their name: those of earlier builds would stay for ever. */
function removeChunks(name) {
  for (const file of readdirSync(out)) {
    if (file.startsWith(`${name}-`) && file.endsWith(".js")) rmSync(join(out, file));
  }
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
function writePage(name, page, files, module) {
  const html = readFileSync(join(here, page), "utf8")
    .replace("<script src=", module ? '<script type="module" src=' : "<script src=")
    .replaceAll("{{js}}", `/static/${name}.js?v=${hash(files.js)}`)
    .replaceAll("{{css}}", `/static/${name}.css?v=${hash(files.css ?? "")}`);
  writeFileSync(join(out, `${name}.html`), html);
}

async function buildAll() {
  mkdirSync(out, { recursive: true });
  let over = 0;
  await buildApp(out);
  for (const bundle of bundles) {
    const { script, style, words, later } = await buildOne(bundle);
    const total = script + style + words;
    const verdict = total > bundle.budget ? "OVER" : "ok";
    if (total > bundle.budget) over += 1;
    console.log(
      `${bundle.name.padEnd(10)} ${kilobytes(total)} of ${kilobytes(bundle.budget)} gzipped ` +
        `(script ${kilobytes(script)}, style ${kilobytes(style)}, words ${kilobytes(words)}) ${verdict}`,
    );
    const more = later.reduce((sum, each) => sum + each.size, 0);
    if (more > laterBudget) over += 1;
    if (more > 0) {
      const loads = `${kilobytes(more)} of ${kilobytes(laterBudget)}`;
      console.log(`${"".padEnd(10)} ${loads} when opened ${more > laterBudget ? "OVER" : "ok"}`);
    }
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
