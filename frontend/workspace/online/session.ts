/**
 * The online session in the browser: what the server has told of it, and what the agent asks
 * for. The server's frame is the whole truth; nothing here guesses ahead of it.
 */

import { signal } from "@preact/signals";

import type {
  AgentIn,
  AgentOut,
  Choices,
  GoingOnline,
  OfferOverFrame,
  SessionFrame,
} from "../../shared/frames";
import { sent } from "./choices";
import { countOffers, newOffers, withEnded } from "./offers";
import type { EndedOffer, OpenOffer } from "./offers";

export type Wanted = "online" | "choices" | "offline" | "pause" | "resume";
/** Which question is open: before going online, about the choices, or before leaving. */
export type Question = "online" | "choices" | "leaving";

export interface SessionParts {
  now(): number;
  send(frame: AgentOut): boolean;
  /** What going online would mean now, with these languages; with all when none are named. */
  look(languages: readonly string[]): Promise<GoingOnline>;
  /** A new offer is here. */
  offered?(offer: OpenOffer): void;
}

export class OnlineSession {
  readonly online = signal(false);
  readonly since = signal<string | null>(null);
  /** Null until the server has told. */
  readonly told = signal<SessionFrame | null>(null);
  readonly offers = signal<readonly OpenOffer[]>([]);
  readonly ended = signal<readonly EndedOffer[]>([]);
  /** What was asked for and is not yet confirmed. */
  readonly pending = signal<Wanted | null>(null);
  readonly question = signal<Question | null>(null);
  readonly outlook = signal<GoingOnline | null>(null);
  /** What was shown before going online held no more: the newest is to be looked at first. */
  readonly changed = signal(false);
  /** The agent goes offline with the last conversation in hand. */
  readonly leaving = signal(false);

  #toldSeen = new Set<string>();
  /** The languages in the form: another choice may be another promise. */
  #chosen: readonly string[] = [];
  #looks = 0;
  /** Offer -> topic, of the newest ones: the session's frame comes before the word that one is over. */
  #topics = new Map<string, string | null>();

  constructor(private readonly parts: SessionParts) {}

  // --- what the server says ----------------------------------------------------------------

  /** The welcome and the switch's own frame tell only this much. */
  setOnline(online: boolean, since: string | null): void {
    this.online.value = online;
    this.since.value = since;
    const { value } = this.pending;
    if (value === (online ? "online" : "offline")) this.#done();
  }

  receive(frame: SessionFrame): void {
    const before = this.offers.value;
    const after = countOffers(frame.offers, before, this.parts.now());
    this.told.value = frame;
    this.offers.value = after;
    this.setOnline(frame.online, frame.since);
    if (this.#confirms(frame)) this.#done();
    for (const offer of newOffers(before, after)) {
      this.#topics.set(offer.id, offer.topic);
      this.parts.offered?.(offer);
    }
    if (!frame.paused || !frame.online) this.leaving.value = false;
    if (this.leaving.value && frame.chats.length === 0 && !this.pending.value) this.goOffline(false);
  }

  #confirms(frame: SessionFrame): boolean {
    switch (this.pending.value) {
      case "pause":
        return frame.paused !== null;
      case "resume":
        return frame.paused === null;
      case "choices":
        return true;
      default:
        return false;
    }
  }

  #done(): void {
    this.pending.value = null;
    this.question.value = null;
    this.changed.value = false;
  }

  over(frame: OfferOverFrame): void {
    const { offer, because, message } = frame;
    const topic = this.#topics.get(offer);
    this.drop(offer);
    this.#topics.delete(offer);
    // An offer that was never on this screen is no news here.
    if (because === "accepted" || topic === undefined) return;
    this.ended.value = withEnded(this.ended.value, { offer, because, message, topic });
  }

  /** It is over for this screen, whatever the next frame says. */
  drop(offer: string): void {
    this.offers.value = this.offers.value.filter((each) => each.id !== offer);
  }

  /** True when the refusal has been answered here and needs no more words. */
  refused(frame: Extract<AgentIn, { type: "error" }>): boolean {
    this.pending.value = null;
    if (frame.code === "capacity_changed") {
      this.changed.value = true;
      void this.look();
      return true;
    }
    if (frame.code === "chats_in_hand") {
      this.question.value = "leaving";
      return true;
    }
    return false;
  }

  /** With the connection away nothing is under way; what was told stays on screen. */
  lost(): void {
    this.pending.value = null;
    this.#toldSeen.clear();
  }

  forget(): void {
    this.lost();
    this.#topics.clear();
    this.told.value = null;
    this.offers.value = [];
    this.ended.value = [];
    this.question.value = null;
    this.outlook.value = null;
    this.leaving.value = false;
    this.setOnline(false, null);
  }

  // --- what the agent does -----------------------------------------------------------------

  /** Asks what going online would mean; the last answer stays when none comes. */
  async look(): Promise<void> {
    this.#looks += 1;
    const mine = this.#looks;
    try {
      const found = await this.parts.look(this.question.value === "online" ? this.#chosen : []);
      if (mine === this.#looks) this.outlook.value = found;
    } catch {
      // The page shows no promise that it does not know; opening the question asks again.
      return;
    }
  }

  /** The form has other languages now: what is promised for them? */
  choosing(languages: readonly string[]): void {
    this.#chosen = languages;
    if (languages.length > 0) void this.look();
  }

  goOnline(choices: Choices): void {
    const shown = this.outlook.value?.capacity ?? null;
    this.#want("online", { type: "go_online", shown, ...sent(choices) });
  }

  choose(choices: Choices): void {
    const now = this.told.value?.choices;
    // Nothing new is no news: no frame would come to say that it is kept.
    if (now && JSON.stringify(sent(now)) === JSON.stringify(sent(choices))) this.#done();
    else this.#want("choices", { type: "choose", ...sent(choices) });
  }

  pause(): void {
    this.#want("pause", { type: "pause" });
  }

  resume(): void {
    this.leaving.value = false;
    this.#want("resume", { type: "resume" });
  }

  /** The switch: leaving with conversations in hand is a question first. */
  turnOff(): void {
    if ((this.told.value?.chats.length ?? 0) > 0) this.question.value = "leaving";
    else this.goOffline(false);
  }

  /** No more offers; the session ends with the last conversation. */
  finishFirst(): void {
    this.leaving.value = true;
    if (this.told.value?.paused) this.question.value = null;
    else this.pause();
  }

  goOffline(handBack: boolean): void {
    this.#want("offline", { type: "go_offline", hand_back: handBack });
  }

  /** The offer is really before the agent's eyes. */
  seen(offer: OpenOffer): void {
    if (offer.seen || this.#toldSeen.has(offer.id)) return;
    if (this.parts.send({ type: "offer_seen", offer: offer.id })) this.#toldSeen.add(offer.id);
  }

  dismiss(offer: string): void {
    this.ended.value = this.ended.value.filter((each) => each.offer !== offer);
  }

  #want(wanted: Wanted, frame: AgentOut): void {
    if (this.parts.send(frame)) this.pending.value = wanted;
  }
}
