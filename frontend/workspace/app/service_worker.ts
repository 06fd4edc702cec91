/**
 * The workspace's service worker: shows what is pushed, and opens the page when it is touched.
 * It keeps nothing: no page, no bundle, no answer. So there is no old version to serve, and
 * nobody's data lies on the device.
 */

import { offlinePage } from "./offline_page";
import { pathOf, readPush } from "./pushed";

/** As much of the worker's world as is used here; the page's own types are of another world. */
interface Worker {
  readonly location: { readonly origin: string };
  readonly registration: {
    showNotification(title: string, options: object): Promise<void>;
    getNotifications(filter: { tag: string }): Promise<readonly Notification[]>;
  };
  readonly navigator: { readonly languages: readonly string[] };
  readonly clients: {
    claim(): Promise<void>;
    matchAll(filter: object): Promise<readonly Client[]>;
    openWindow(path: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listen: (event: WorkerEvent) => void): void;
}

interface Client {
  readonly url: string;
  readonly visibilityState: string;
  focus(): Promise<unknown>;
}

interface WorkerEvent {
  readonly request: Request;
  readonly data: { text(): string } | null;
  readonly notification: Notification;
  waitUntil(work: Promise<unknown>): void;
  respondWith(answer: Promise<Response>): void;
}

declare const self: Worker;

/** No longer than a browser lets a worker live for a push. */
const longestWatchMilliseconds = 25_000;

// Nothing is cached, so a new version can take over at once.
self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// Only the page itself is answered for, and only when the network can't.
self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(
    fetch(event.request).catch(() => offlinePage(self.navigator.languages)),
  );
});

self.addEventListener("push", (event) => event.waitUntil(show(event.data?.text() ?? "")));

async function show(text: string): Promise<void> {
  const pushed = readPush(text, self.location.origin);
  const left = pushed.untilMs === null ? null : pushed.untilMs - Date.now();
  const over = left !== null && left <= 0;
  // Where the page is before someone's eyes, it says so itself.
  if ((await pages()).some((page) => page.visibilityState === "visible")) return;
  await self.registration.showNotification(pushed.title, {
    body: pushed.body,
    tag: pushed.tag,
    icon: "/static/app-192.png",
    badge: "/static/app-badge.png",
    data: { path: pushed.path },
    // A browser wants to see one shown for every push; one that came too late makes no noise.
    silent: over,
    requireInteraction: pushed.urgent && !over,
    renotify: !over,
  });
  if (left === null) return;
  await new Promise((done) => setTimeout(done, Math.min(Math.max(left, 0), longestWatchMilliseconds)));
  for (const each of await self.registration.getNotifications({ tag: pushed.tag })) each.close();
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open((event.notification.data as { path?: string } | null)?.path ?? ""));
});

/** The offer itself comes over the page's own connection as soon as the page is looked at. */
async function open(path: string): Promise<void> {
  const [page] = await pages();
  if (page) await page.focus();
  else await self.clients.openWindow(pathOf(path, self.location.origin));
}

async function pages(): Promise<readonly Client[]> {
  const all = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter((each) => new URL(each.url).pathname.startsWith("/agent"));
}
