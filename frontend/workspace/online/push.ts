/**
 * Notifications for when the page is closed: the browser's permission, its subscription, and
 * what the desk keeps of it. Permission is asked for only by a tap (`turnOn`).
 */

import { signal } from "@preact/signals";

import { api } from "../../shared/account/api";
import { language } from "../../shared/i18n";
import { store } from "../../shared/storage";
import { registerWorker } from "../app/worker";

export type PushState =
  /** Not known yet. */
  | "looking"
  /** This browser, or this way of opening the page, can't. */
  | "impossible"
  /** The person, or the browser, has said no: only the browser's own settings change that. */
  | "denied"
  | "off"
  | "on";

export interface Wishes {
  readonly offers: boolean;
  readonly callIns: boolean;
  /** Between these times of the day ("21:00") nobody is called in. */
  readonly quietFrom: string;
  readonly quietTo: string;
}

const key = "alltid:push";
const none: Wishes = { offers: false, callIns: false, quietFrom: "21:00", quietTo: "08:00" };

function keptWishes(): Wishes {
  try {
    return { ...none, ...(JSON.parse(store.get(key) ?? "{}") as Partial<Wishes>) };
  } catch {
    return none;
  }
}

function keep(wanted: Wishes): void {
  wishes.value = wanted;
  if (wanted.offers || wanted.callIns) store.set(key, JSON.stringify(wanted));
  else store.remove(key);
}

export const pushState = signal<PushState>("looking");
export const wishes = signal<Wishes>(keptWishes());
export const pushBusy = signal(false);
/** The last try did not work. */
export const pushFailed = signal(false);

const possible = (): boolean =>
  "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

async function subscription(): Promise<PushSubscription | null> {
  const registration = await registerWorker();
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** Looks how things stand, and tells the desk again if the browser has changed its address. */
export async function lookAtPush(): Promise<void> {
  if (!possible()) pushState.value = "impossible";
  else if (Notification.permission === "denied") pushState.value = "denied";
  else await attempt(async () => {
    const there = await subscription();
    const { offers, callIns } = wishes.value;
    if (there && (offers || callIns)) await tellDesk(there, wishes.value);
    pushState.value = there && (offers || callIns) ? "on" : "off";
  });
}

/** Called from a tap: asks for permission where it is still open, and subscribes. */
export function setWishes(wanted: Wishes): Promise<void> {
  return attempt(async () => {
    if (!wanted.offers && !wanted.callIns) return turnOff();
    if ((await Notification.requestPermission()) !== "granted") {
      pushState.value = Notification.permission === "denied" ? "denied" : "off";
      return;
    }
    const registration = await registerWorker();
    if (!registration) throw new Error("no service worker");
    const there = (await registration.pushManager.getSubscription()) ?? (await subscribe(registration));
    await tellDesk(there, wanted);
    keep(wanted);
    pushState.value = "on";
  });
}

async function subscribe(registration: ServiceWorkerRegistration): Promise<PushSubscription> {
  const answer = await api<{ key: string }>("/api/agent/push-key");
  return registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: answer.key,
  });
}

function tellDesk(there: PushSubscription, wanted: Wishes): Promise<unknown> {
  return api("/api/agent/push-subscriptions", {
    method: "POST",
    body: {
      subscription: there.toJSON(),
      offers: wanted.offers,
      call_ins: wanted.callIns,
      language: language.value,
      quiet: {
        begins: wanted.quietFrom,
        ends: wanted.quietTo,
        time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
      },
    },
  });
}

/** For a sign-out: this device shows nothing more, whether or not the desk can be told. */
export async function forget(): Promise<void> {
  keep(none);
  pushState.value = "looking";
  const registration = await navigator.serviceWorker?.getRegistration("/agent");
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
}

async function turnOff(): Promise<void> {
  keep(none);
  const there = possible() ? await subscription() : null;
  if (there) {
    const { endpoint } = there;
    // The desk first: it must not send to an address that the browser has given up.
    await api("/api/agent/push-subscriptions", { method: "DELETE", body: { endpoint } });
    await there.unsubscribe();
  }
  pushState.value = "off";
}

async function attempt(act: () => Promise<void>): Promise<void> {
  pushBusy.value = true;
  pushFailed.value = false;
  try {
    await act();
  } catch {
    pushFailed.value = true;
    if (pushState.value === "looking") pushState.value = "off";
  } finally {
    pushBusy.value = false;
  }
}

/** Takes away the notification of an offer that is answered or over. */
export async function clearNotification(offer: string): Promise<void> {
  if (!possible()) return;
  const registration = await navigator.serviceWorker.getRegistration("/agent");
  const all = (await registration?.getNotifications()) ?? [];
  for (const each of all) if (each.tag.includes(offer)) each.close();
}
