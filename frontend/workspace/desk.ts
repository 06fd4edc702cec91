/**
 * The agent's desk in the browser: one socket, and what it has told, as signals that the
 * screens read. Every command goes through an outbox, so that a lost connection or a reload
 * sends it again under the same id, which the server knows.
 */

import { batch, computed, signal } from "@preact/signals";

import type {
  Agent,
  AgentIn,
  AgentOut,
  Attachment,
  ConversationCard,
  ResolutionReason,
} from "../shared/frames";
import { newClientId } from "../shared/outbox";
import { closeCodes, ResumableSocket, SignedOut } from "../shared/socket";
import type { Connection } from "../shared/socket";
import { countWaiting } from "../shared/waiting";
import type { DeskParts } from "./desk_parts";
import { changed } from "./beside";
import * as lists from "./lists";
import type { OpenOffer } from "./online/offers";
import { OnlineSession } from "./online/session";
import { Outgoing } from "./outgoing";
import type { StepCommand } from "./outgoing";
import { refusalWords } from "./refusals";
import type { Thread } from "./thread";
import * as threads from "./thread";
import { t } from "./words";

const historyPage = 50;
const typingShownMilliseconds = 6_000;
const typingToldMilliseconds = 2_500;

export class Desk {
  readonly connection = signal<Connection>("off");
  /** True when the server no longer knows who we are. */
  readonly signedOut = signal(false);
  /** Null until the server has told the queue. */
  readonly waiting = signal<readonly lists.Waiting[] | null>(null);
  readonly onlineAgents = signal(0);
  readonly cards = signal<readonly ConversationCard[]>([]);
  /** False until the first welcome: an empty list means nothing before it. */
  readonly welcomed = signal(false);
  readonly finished = signal<readonly lists.Finished[]>([]);
  readonly threads = signal<ReadonlyMap<string, Thread>>(new Map());
  /** The conversation on screen. */
  readonly current = signal<string | null>(null);
  /** Conversation -> until when its customer counts as writing. */
  readonly typing = signal<ReadonlyMap<string, number>>(new Map());
  /** One sentence about what just happened, and a number that tells two equal ones apart. */
  readonly notice = signal({ words: "", unseen: false, count: 0 });
  /** Attachments uploaded here, by id: a pending message shows them before the server does. */
  readonly uploaded = new Map<string, Attachment>();

  readonly out: Outgoing;
  readonly session: OnlineSession;
  readonly unread = computed(() => lists.unreadTotal(this.cards.value));

  readonly #socket: ResumableSocket<AgentIn, AgentOut>;
  #toldTypingAt = 0;
  #toldRead = new Map<string, number>();
  /** What the queue said about languages: a conversation just taken doesn't say it again. */
  #languages = new Map<string, string>();
  #agent: Agent | null = null;

  constructor(private readonly parts: DeskParts) {
    this.out = new Outgoing(parts.storage, parts.now);
    this.session = new OnlineSession({ ...parts, send: (frame) => this.#socket.send(frame) });
    this.#socket = new ResumableSocket<AgentIn, AgentOut>({
      url: parts.url,
      hello: () => ({ type: "hello", watching: this.#watching() }),
      receive: (frame) => batch(() => this.receive(frame)),
      changed: (connection) => this.#changed(connection),
      renew: () => Promise.reject(new SignedOut()),
      closed: (code) => (code === closeCodes.notYours ? "stop" : undefined),
      ...(parts.connect ? { connect: parts.connect } : {}),
    });
  }

  // --- coming and going --------------------------------------------------------------------

  start(agent: Agent): void {
    if (this.#agent && this.#agent.id !== agent.id) this.#forget();
    this.#agent = agent;
    this.signedOut.value = false;
    this.out.sends.open(agent.id, t("stale"));
    this.#socket.start();
  }

  stop(): void {
    this.#socket.stop();
    this.#forget();
    this.#agent = null;
  }

  #forget(): void {
    batch(() => {
      this.out.sends.leave();
      this.cards.value = [];
      this.threads.value = new Map();
      this.finished.value = [];
      this.waiting.value = null;
      this.current.value = null;
      this.welcomed.value = false;
      this.session.forget();
    });
    this.#toldRead.clear();
  }

  #changed(connection: Connection): void {
    batch(() => {
      this.connection.value = connection;
      if (connection !== "live") this.session.lost();
      if (connection === "refused") this.signedOut.value = true;
    });
  }

  /** The conversation on screen goes on where it was; others are asked for when opened. */
  #watching(): Record<string, number> {
    const id = this.current.value;
    const thread = id ? this.threads.value.get(id) : undefined;
    return id && thread?.loaded ? { [id]: threads.lastVersion(thread) } : {};
  }

  // --- what the server says ----------------------------------------------------------------

  receive(frame: AgentIn): void {
    switch (frame.type) {
      case "welcome":
        return this.#welcome(frame);
      case "online":
        this.session.setOnline(frame.online, frame.since);
        return this.#lineFollows();
      case "session":
        for (const each of frame.offers) this.#languages.set(each.conversation, each.language);
        this.session.receive(frame);
        return this.#lineFollows();
      case "offer_over":
        return this.session.over(frame);
      case "queue":
        return this.#queue(frame);
      case "items":
        return this.#items(frame);
      case "history":
        return this.#change(frame.conversation, (thread) => threads.withHistory(thread, frame));
      case "card":
        return this.#card(frame);
      case "marks":
        if (frame.party !== "customer") return;
        return this.#change(frame.conversation, (thread) => threads.withMarks(thread, frame));
      case "typing":
        return this.#setTyping(frame.conversation, this.parts.now() + typingShownMilliseconds);
      case "ack":
        return this.#ack(frame.client_id, frame.version);
      case "error":
        return this.#refused(frame);
      case "gone":
        return this.#gone(frame.conversation, frame.because);
      case "beside":
        changed.value += 1;
        return;
      case "pong":
        return;
    }
  }

  #welcome(frame: Extract<AgentIn, { type: "welcome" }>): void {
    const wasOnline = this.session.online.value;
    this.welcomed.value = true;
    this.session.setOnline(frame.online, frame.online_since);
    this.#lineFollows();
    if (wasOnline && !frame.online) this.tell(t("wentOffline"));
    this.cards.value = lists.cardsFrom(frame.conversations, this.cards.value);
    for (const command of this.out.due()) this.#socket.send(command);
    const id = this.current.value;
    if (id) this.#change(id, (thread) => ({ ...thread, askingEarlier: false }));
    if (id && !(id in this.#watching())) this.#socket.send({ type: "open", conversation: id, after: 0 });
  }

  /** Who waits is shown only to who is online. */
  #lineFollows(): void {
    if (!this.session.online.value) this.waiting.value = null;
  }

  #queue(frame: Extract<AgentIn, { type: "queue" }>): void {
    for (const entry of frame.waiting) this.#languages.set(entry.conversation, entry.language);
    const before = this.waiting.value;
    const after = countWaiting(frame.waiting, before ?? [], this.parts.now());
    this.waiting.value = after;
    this.onlineAgents.value = frame.online_agents;
    const { told, offers } = this.session;
    const offered = offers.value.map((each) => each.conversation);
    const more = before ? lists.newcomers(before, after, offered) : 0;
    // Whoever has room is offered the next one: the same news twice would cover the offer.
    const room = told.value && !told.value.paused && told.value.load < told.value.slots_open;
    if (more > 0 && !room) this.tell(t("newWaiting", { n: more }));
  }

  #items(frame: Extract<AgentIn, { type: "items" }>): void {
    const before = this.threads.value.get(frame.conversation);
    this.#change(frame.conversation, (thread) => threads.withItems(thread, frame));
    this.out.arrived(frame.conversation, frame.items);
    if (frame.items.some((item) => item.kind === "message" && item.author === "customer")) {
      this.#setTyping(frame.conversation, 0);
    }
    if (frame.status !== "agent") return;
    // The answer to an "open" repeats what the card has counted; only live words are news.
    this.#cardOf(frame.conversation, frame.has_earlier === undefined ? before : undefined);
  }

  /** A followed conversation tells its news as items only: its card is kept up from here. */
  #cardOf(conversation: string, before: Thread | undefined): void {
    const thread = this.threads.value.get(conversation);
    if (!thread) return;
    const known = this.cards.value.find((each) => each.conversation === conversation);
    const language = this.#languages.get(conversation) ?? "";
    const card = lists.cardFrom(thread, before, known, language);
    if (card !== known) this.#card({ ...card, status: "agent" });
  }

  #card(card: ConversationCard): void {
    const { conversation } = card;
    const known = this.cards.value.find((each) => each.conversation === conversation);
    if (card.status !== "agent") {
      this.cards.value = lists.withoutCard(this.cards.value, conversation);
      return;
    }
    this.cards.value = lists.withCard(this.cards.value, card);
    this.finished.value = this.finished.value.filter((each) => each.conversation !== conversation);
    if (!known || card.unread <= known.unread) return;
    const words = t("newFrom", { name: card.customer.name ?? t("guest") });
    // The card's badge says it to the eye.
    this.tell(words, true);
    this.parts.heard?.(conversation);
  }

  #ack(clientId: string, version: number | undefined): void {
    const step = this.out.acked(clientId, version, this.threads.value);
    if (step?.type === "accept_offer") this.session.drop(step.offer);
    if (step?.type === "take" || step?.type === "accept_offer") this.#taken(step.conversation);
  }

  #taken(conversation: string): void {
    this.waiting.value = this.waiting.value?.filter((each) => each.conversation !== conversation) ?? null;
    this.show(conversation);
  }

  #refused(frame: Extract<AgentIn, { type: "error" }>): void {
    const words = refusalWords(frame.code) ?? frame.message;
    const id = frame.client_id;
    if (id && frame.retry_after_seconds !== null && !frame.fatal) {
      this.tell(t("errTooFast"));
      setTimeout(() => this.#resend(id), Math.min(60, frame.retry_after_seconds) * 1000);
      return;
    }
    const step = id ? this.out.step(id) : null;
    if (step && "offer" in step) this.session.drop(step.offer);
    if (id && this.out.sends.has(id)) this.out.sends.fail(id, words);
    else if (id || !this.session.refused(frame)) this.tell(words);
    const loaded = this.threads.value.get(frame.conversation ?? "")?.loaded;
    if (!id && frame.conversation === this.current.value && !loaded) this.current.value = null;
    if (id) this.out.steps.settle(id);
  }

  #resend(clientId: string): void {
    const command = this.out.due().find((each) => each.client_id === clientId);
    if (command) this.#socket.send(command);
  }

  #gone(conversation: string, because: "taken" | "returned" | "resolved"): void {
    const card = this.cards.value.find((each) => each.conversation === conversation);
    this.cards.value = lists.withoutCard(this.cards.value, conversation);
    this.waiting.value = this.waiting.value?.filter((each) => each.conversation !== conversation) ?? null;
    if (because === "resolved") {
      const thread = this.threads.value.get(conversation);
      const name = card?.customer.name ?? thread?.customer.name ?? null;
      const entry = { conversation, name, atMs: this.parts.now() };
      this.finished.value = lists.withFinished(this.finished.value, entry);
      this.tell(t("doneFinished"));
    } else if (because === "returned") {
      this.tell(t("doneReturned"));
      this.#drop(conversation);
    } else if (card || this.current.value === conversation) {
      this.tell(t("doneTaken"));
      this.#drop(conversation);
    }
    if (this.current.value === conversation) this.current.value = null;
  }

  #drop(conversation: string): void {
    const left = new Map(this.threads.value);
    left.delete(conversation);
    this.threads.value = left;
  }

  #setTyping(conversation: string, until: number): void {
    this.typing.value = new Map(this.typing.value).set(conversation, until);
  }

  #change(conversation: string, change: (thread: Thread) => Thread): void {
    const thread = this.threads.value.get(conversation) ?? threads.emptyThread(conversation);
    this.threads.value = new Map(this.threads.value).set(conversation, change(thread));
  }

  // --- what the agent does -----------------------------------------------------------------

  accept({ id: offer, conversation }: OpenOffer): void {
    this.#step({ type: "accept_offer", client_id: newClientId(), offer, conversation });
  }

  decline({ id: offer, conversation }: OpenOffer, reason: string | null): void {
    this.#step({ type: "decline_offer", client_id: newClientId(), offer, conversation, reason });
  }

  take(conversation: string): void {
    this.#step({ type: "take", client_id: newClientId(), conversation });
  }

  giveBack(conversation: string): void {
    this.#step({ type: "return_to_queue", client_id: newClientId(), conversation });
  }

  finish(conversation: string, reason: ResolutionReason, note: string): void {
    const thread = this.threads.value.get(conversation);
    const seen = thread ? threads.lastVersion(thread) : 0;
    this.#step({ type: "resolve", client_id: newClientId(), conversation, reason, note, seen });
  }

  #step(command: StepCommand): void {
    if (this.out.addStep(command)) this.#socket.send(command);
  }

  /** False when nothing more fits into the outbox: the text stays where it was written. */
  send(conversation: string, text: string, attachments: readonly Attachment[]): boolean {
    for (const each of attachments) this.uploaded.set(each.id, each);
    const command = {
      type: "send" as const,
      client_id: newClientId(),
      conversation,
      text,
      attachments: attachments.map((each) => each.id),
    };
    if (!this.out.sends.add(command)) return false;
    this.#socket.send(command);
    this.#toldTypingAt = 0;
    return true;
  }

  sendAgain(clientId: string): void {
    const command = this.out.sends.revive(clientId);
    if (command) this.#socket.send(command);
  }

  /** Puts a conversation on screen, or none. */
  show(conversation: string | null): void {
    const before = this.current.value;
    if (before === conversation) return;
    if (before) this.#socket.send({ type: "close", conversation: before });
    this.current.value = conversation;
    if (!conversation) return;
    const thread = this.threads.value.get(conversation);
    const after = thread?.loaded ? threads.lastVersion(thread) : 0;
    this.#socket.send({ type: "open", conversation, after });
  }

  loadEarlier(conversation: string): void {
    const thread = this.threads.value.get(conversation);
    const before = thread?.items[0]?.version;
    if (!thread?.hasEarlier || thread.askingEarlier || before === undefined) return;
    if (!this.#socket.send({ type: "history", conversation, before, limit: historyPage })) return;
    this.#change(conversation, (known) => ({ ...known, askingEarlier: true }));
  }

  /** The agent has the newest words before their eyes. */
  read(conversation: string): void {
    const thread = this.threads.value.get(conversation);
    const version = thread ? threads.lastVersion(thread) : 0;
    this.cards.value = lists.seen(this.cards.value, conversation);
    if (version === 0 || version <= (this.#toldRead.get(conversation) ?? 0)) return;
    if (this.#socket.send({ type: "read", conversation, version })) {
      this.#toldRead.set(conversation, version);
    }
  }

  /** Tells the customer that the agent is writing, at most every few seconds. */
  writing(conversation: string): void {
    const now = this.parts.now();
    if (now - this.#toldTypingAt < typingToldMilliseconds) return;
    if (this.#socket.send({ type: "typing", conversation })) this.#toldTypingAt = now;
  }

  /** Says something once; what is on screen already (`unseen`) only to screen readers. */
  tell(words: string, unseen = false): void {
    this.notice.value = { words, unseen, count: this.notice.value.count + 1 };
  }
}
