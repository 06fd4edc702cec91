/**
 * The widget's state, and what changes it: frames from the server, and the customer's acts.
 * The screens only read these signals and call these functions.
 */

import { computed, signal } from "@preact/signals";

import type {
  Answering,
  Arranged,
  Attachment,
  Config,
  CustomerCommand,
  CustomerIn,
  CustomerOut,
  CustomerQueue,
  Item,
  Mark,
  Status,
} from "../shared/frames";
import { language } from "../shared/i18n";
import { ItemLog } from "../shared/item_log";
import { newClientId, Outbox } from "../shared/outbox";
import { type Connection, closeCodes, ResumableSocket, socketUrl } from "../shared/socket";
import { store } from "../shared/storage";
import * as identity from "./identity";
import { t } from "./strings";

export const connection = signal<Connection>("off");
export const config = signal<Config | null>(null);
export const company = signal("");
export const conversation = signal<string | null>(null);
export const status = signal<Status>("assistant");
export const answering = signal<Answering | null>(null);
export const queue = signal<CustomerQueue | Arranged | null>(null);
export const agentMark = signal<Mark>({ delivered: 0, read: 0 });
export const typing = signal<string | null>(null);
/** What is written so far, while somebody writes; the message that follows takes its place. */
export const draft = signal<string | undefined>("");
export const hasEarlier = signal(false);
export const loadingEarlier = signal(false);
/** One sentence about something that went wrong, until it is closed or overtaken. */
export const notice = signal<string | null>(null);
export const panelOpen = signal(false);
export const unread = signal(0);

/** Counts the people before this screen: each gets an input of their own. */
export const person = signal(0);
export const draftKey = "alltid:draft";
let readUpTo = 0;

export const log = new ItemLog();
export const outbox = new Outbox<CustomerCommand>(store);
/** Acknowledged, but not yet come back as an item: shown, no longer resent. */
export const stored = signal<readonly CustomerCommand[]>([]);
/** The files of sent messages, by id, until the item itself brings them. */
export const sentFiles = new Map<string, Omit<Attachment, "url">>();

export const askingHuman = computed(() =>
  outbox.entries.value.some((each) => each.command.type === "ask_human" && !each.failed),
);

const socket = new ResumableSocket<CustomerIn, CustomerOut>({
  url: socketUrl("/api/customer/socket"),
  async hello() {
    const token = await identity.token();
    // Only now is it known for certain who we are.
    takeUpOutbox();
    return {
      type: "hello",
      token,
      conversation: conversation.value,
      after: log.version,
      language: language.value,
    };
  },
  receive,
  renew: identity.renew,
  changed(now) {
    connection.value = now;
    if (now === "refused" && identity.isCompany()) expired();
  },
  closed(code) {
    if (code === closeCodes.notYours) return "stop";
    const last = outbox.due().pop();
    if (code === closeCodes.tooLarge && last) outbox.fail(last.client_id, "");
  },
});

/** Set by the bridge: tells the site that the company's token has run out. */
export const hooks = { expired: (): void => undefined };
const expired = (): void => hooks.expired();

export const isCompany = identity.isCompany;

export const tryNow = (): void => {
  if (socket.connection === "refused") socket.restart();
  else socket.nudge();
};

/** Connects, once; without effect while connected. */
export function begin(): void {
  if (!config.value) void loadConfig();
  if (connection.value !== "off") return;
  // What was left unsent is on the screen at once, also with no connection.
  takeUpOutbox();
  socket.start();
}

function takeUpOutbox(): void {
  outbox.open(identity.scope());
  // An old text waits for its writer's word; an old press of a button is simply pressed again.
  for (const { command, failed } of outbox.entries.value) {
    if (failed !== null && command.type !== "send") outbox.settle(command.client_id);
  }
}

async function loadConfig(): Promise<void> {
  try {
    const response = await fetch("/api/config", { credentials: "omit" });
    if (!response.ok) return;
    config.value = (await response.json()) as Config;
    company.value ||= config.value.company;
  } catch {
    // The welcome names the company too, and the limits have defaults.
  }
}

/** Another customer from here on: nothing of the one before stays on the screen. */
export function become(jwt: string | null): void {
  const running = connection.value !== "off";
  if (jwt !== null && identity.isSame(jwt)) {
    // The same person with a fresh token: the conversation goes on.
    identity.setCompanyToken(jwt);
    if (connection.value === "refused") socket.restart();
    return;
  }
  socket.stop();
  if (jwt === null && !identity.isCompany()) identity.forgetGuest();
  identity.setCompanyToken(jwt);
  clear();
  outbox.leave();
  store.remove(draftKey);
  person.value += 1;
  if (running || panelOpen.value) begin();
}

function clear(): void {
  log.clear();
  stored.value = [];
  conversation.value = queue.value = answering.value = typing.value = notice.value = null;
  status.value = "assistant";
  draft.value = "";
  hasEarlier.value = loadingEarlier.value = false;
  agentMark.value = { delivered: 0, read: 0 };
  unread.value = readUpTo = 0;
}

function receive(frame: CustomerIn): void {
  switch (frame.type) {
    case "welcome":
      return welcome(frame);
    case "items":
      if (frame.status) setStatus(frame.status);
      if (frame.answering) answering.value = frame.answering;
      return take(frame.items, frame.version);
    case "ack":
      return acknowledged(frame.client_id);
    case "error":
      return refused(frame);
    case "queue":
    case "arranged":
      queue.value = frame;
      return;
    case "typing":
    case "draft":
      draft.value = frame.text;
      return showTyping(frame.name);
    case "marks":
      if (frame.party === "agent") agentMark.value = frame;
      return;
    case "history":
      log.add(frame.items);
      hasEarlier.value = frame.has_earlier;
      loadingEarlier.value = false;
  }
}

function welcome(frame: Extract<CustomerIn, { type: "welcome" }>): void {
  if (conversation.value !== frame.conversation) log.clear();
  const first = log.items.value.length === 0;
  conversation.value = frame.conversation;
  company.value = frame.company;
  answering.value = frame.answering;
  agentMark.value = frame.marks.agent;
  readUpTo = Math.max(readUpTo, frame.marks.customer.read);
  if (first) hasEarlier.value = frame.has_earlier;
  loadingEarlier.value = false;
  setStatus(frame.status);
  for (const command of outbox.due()) socket.send(command);
}

function setStatus(now: Status): void {
  status.value = now;
  typing.value = null;
  if (now !== "waiting") queue.value = null;
}

function take(items: readonly Item[], version: number): void {
  const fresh = log.add(items, version);
  for (const item of fresh) {
    draft.value = "";
    if (item.kind !== "message") continue;
    if (item.client_id) settle(item.client_id);
    if (item.author !== "customer") {
      typing.value = null;
      if (!panelOpen.value && item.version > readUpTo) unread.value += 1;
    }
  }
  markRead();
}

/** Says that everything so far has been seen, if it has. */
export function markRead(): void {
  if (!panelOpen.value || document.hidden) return;
  unread.value = 0;
  if (log.version > readUpTo && socket.send({ type: "read", version: log.version })) {
    readUpTo = log.version;
  }
}

function acknowledged(clientId: string): void {
  const entry = outbox.entries.value.find((each) => each.command.client_id === clientId);
  const shown = log.items.value.some(
    (item) => item.kind === "message" && item.client_id === clientId,
  );
  outbox.settle(clientId);
  if (entry?.command.type === "send" && !shown) stored.value = [...stored.value, entry.command];
}

function settle(clientId: string): void {
  outbox.settle(clientId);
  stored.value = stored.value.filter((each) => each.client_id !== clientId);
}

function refused(frame: Extract<CustomerIn, { type: "error" }>): void {
  loadingEarlier.value = false;
  const entry = outbox.entries.value.find((each) => each.command.client_id === frame.client_id);
  if (!entry) {
    // After a fatal one the line closes, and its code says what to do.
    if (!frame.fatal) notice.value = frame.message;
    return;
  }
  const id = entry.command.client_id;
  if (frame.retry_after_seconds !== null && !frame.fatal) {
    // Too fast, or the server is short of breath: it goes out again by itself.
    setTimeout(() => outbox.has(id) && socket.send(entry.command), frame.retry_after_seconds * 1000);
  } else if (entry.command.type === "send") {
    outbox.fail(id, frame.message);
  } else {
    outbox.settle(id);
    notice.value = frame.message;
  }
}

let typingEnds: ReturnType<typeof setTimeout> | undefined;

function showTyping(name: string): void {
  typing.value = name;
  clearTimeout(typingEnds);
  typingEnds = setTimeout(() => (typing.value = null), 6_000);
}

// --- what the customer does -----------------------------------------------------------------

/** Puts a command into the outbox and on its way. False: the outbox is full, nothing is taken. */
function act(command: CustomerCommand): boolean {
  notice.value = null;
  if (!outbox.add(command)) {
    notice.value = t("full");
    return false;
  }
  socket.send(command);
  return true;
}

/** A press on a card is a message like any other, and is as safe. */
export function choose(card: number, choice: string, text: string): void {
  act({ type: "send", client_id: newClientId(), text, attachments: [], chosen: { card, choice } });
}

export const pressed = (card: number): boolean =>
  [...outbox.entries.value.map((each) => each.command), ...stored.value].some(
    (each) => each.type === "send" && each.chosen?.card === card,
  );

export function sendMessage(text: string, files: readonly Omit<Attachment, "url">[]): boolean {
  for (const file of files) sentFiles.set(file.id, file);
  // Whoever writes on after a message is seen to write at once.
  typingSaidAt = 0;
  return act({
    type: "send",
    client_id: newClientId(),
    text,
    attachments: files.map((file) => file.id),
  });
}

export function sendAgain(clientId: string): void {
  const command = outbox.revive(clientId);
  if (command) socket.send(command);
}

export type Press =
  | { type: "ask_human" | "stay_with_assistant" | "cancel_callback" | "choose_written" }
  | { type: "book_callback"; at: string }
  | { type: "rate"; solved: boolean; score: number | null; comment: string | null };

/** A button that was pressed: it goes out, under an id of its own. */
export function press(button: Press): void {
  act({ ...button, client_id: newClientId() });
}

export function askHuman(): void {
  if (!askingHuman.value) press({ type: "ask_human" });
}

export const stayWithAssistant = (): void => press({ type: "stay_with_assistant" });

let typingSaidAt = 0;

export function sayTyping(): void {
  if (Date.now() - typingSaidAt < 2_500) return;
  if (socket.send({ type: "typing" })) typingSaidAt = Date.now();
}

export function loadEarlier(): void {
  if (!hasEarlier.value || loadingEarlier.value) return;
  loadingEarlier.value = socket.send({ type: "history", before: log.first, limit: 50 });
}
