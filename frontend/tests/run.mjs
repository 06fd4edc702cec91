// Bundles each tests/**/*.test.ts(x) for Node and runs them with node:test.
//
//   node tests/run.mjs [name]     only the files whose path contains the name

import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
// Of this run only: two at once must not wipe each other.
const out = join(here, "../.test-build", String(process.pid));
const wanted = process.argv[2] ?? "";

const files = readdirSync(here, { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.test\.tsx?$/.test(file) && file.includes(wanted),
);
if (files.length === 0) {
  console.error(`No test file's path contains "${wanted}".`);
  process.exit(1);
}

await build({
  entryPoints: files.map((file) => join(here, file)),
  outdir: out,
  outbase: here,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
  sourcemap: "inline",
  define: { STRING_FILES: "{}" },
  loader: { ".css": "empty" },
  logLevel: "warning",
});
const built = files.map((file) => relative(process.cwd(), join(out, file.replace(/\.tsx?$/, ".mjs"))));
const result = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...built], {
  stdio: "inherit",
});
rmSync(out, { recursive: true, force: true });
process.exit(result.status ?? 1);
