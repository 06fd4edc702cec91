// What makes the workspace an app on a phone: its service worker, its manifest and its icons.
// The icons are drawn here, as SVG and as the PNG files that phones still want.

import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const paper = [0xfa, 0xf8, 0xf4];
const spruce = [0x1f, 0x6f, 0x5c];
const white = [0xff, 0xff, 0xff];

/** Writes the app's files into `out`; the worker has a fixed address, as browsers want it. */
export async function buildApp(out) {
  const result = await build({
    entryPoints: [join(here, "workspace/app/service_worker.ts")],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    target: ["es2020", "chrome100", "firefox100", "safari15.4"],
    logLevel: "warning",
  });
  writeFileSync(join(out, "agent-sw.js"), result.outputFiles[0].contents);
  writeFileSync(join(out, "app.svg"), svg());
  for (const size of [180, 192, 512]) writeFileSync(join(out, `app-${size}.png`), png(size, mark()));
  // A launcher may cut a circle out of it: the mark keeps to the middle.
  writeFileSync(join(out, "app-maskable-512.png"), png(512, mark(0.62)));
  writeFileSync(join(out, "app-badge.png"), png(96, badge));
  writeFileSync(join(out, "agent.webmanifest"), JSON.stringify(manifest));
}

const manifest = {
  id: "/agent",
  name: "Alltid",
  short_name: "Alltid",
  description: "Go online, take a conversation, answer it.",
  start_url: "/agent",
  scope: "/agent",
  display: "standalone",
  background_color: "#faf8f4",
  theme_color: "#faf8f4",
  icons: [
    { src: "/static/app.svg", sizes: "any", type: "image/svg+xml" },
    { src: "/static/app-192.png", sizes: "192x192", type: "image/png" },
    { src: "/static/app-512.png", sizes: "512x512", type: "image/png" },
    { src: "/static/app-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
  ],
};

// The mark on a grid of 24: the assistant's rounded square, and before it a person's circle.
const square = { x: 2, y: 3, side: 13, radius: 4 };
const circle = { x: 16, y: 15, radius: 6.5 };

const svg = () => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">\
<rect x="${square.x}" y="${square.y}" width="${square.side}" height="${square.side}" \
rx="${square.radius}" fill="#1f6f5c" opacity=".42"/>\
<circle cx="${circle.x}" cy="${circle.y}" r="${circle.radius}" fill="#1f6f5c"/></svg>`;

/** A painter: the colour at a point of the grid, with its opacity. */
const mark = (scale = 0.82) => (u, v) => {
  const [x, y] = [12.25 + (u - 12) / scale, 12.25 + (v - 12) / scale];
  if (inCircle(x, y)) return [...spruce, 255];
  if (inSquare(x, y)) return [...paper.map((part, i) => part * 0.58 + spruce[i] * 0.42), 255];
  return [...paper, 255];
};

/** For a status bar, which takes only the shape. */
const badge = (x, y) => (inCircle(x, y) || inSquare(x, y) ? [...white, 255] : [...white, 0]);

const inCircle = (x, y) => Math.hypot(x - circle.x, y - circle.y) <= circle.radius;

function inSquare(x, y) {
  const half = square.side / 2;
  const across = Math.max(0, Math.abs(x - square.x - half) - half + square.radius);
  const down = Math.max(0, Math.abs(y - square.y - half) - half + square.radius);
  return Math.hypot(across, down) <= square.radius;
}

const samples = 4;

/** A picture of `size` pixels a side; each pixel is the mean of several points in it. */
function png(size, paint) {
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      rows.set(pixel(size, paint, column, row), row * (1 + size * 4) + 1 + column * 4);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function pixel(size, paint, column, row) {
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < samples * samples; i += 1) {
    const x = ((column + ((i % samples) + 0.5) / samples) * 24) / size;
    const y = ((row + (Math.floor(i / samples) + 0.5) / samples) * 24) / size;
    paint(x, y).forEach((part, place) => (sum[place] += part));
  }
  return sum.map((part) => Math.round(part / (samples * samples)));
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** By hand: Node.js has its own only from 20.15 on. */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
