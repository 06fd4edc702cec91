/** The messages: a log that screen readers follow, that keeps its place, and loads its past. */

import { Component } from "preact";

import { Avatar, Button, TypingDots } from "../shared/components";
import type { Author, Item } from "../shared/frames";
import { locale } from "../shared/i18n";
import { Down } from "../shared/icons";
import { dayLabel, sameDay } from "../shared/time";
import { Draft, Rating } from "./cards";
import * as desk from "./desk";
import { Line } from "./line";
import { Greeting, Message, Pending } from "./message";
import { t } from "./strings";

/** Closer to the end than this counts as reading the newest. */
const nearEnd = 80;

interface Place {
  first: number;
  last: number;
  pending: number;
  fromEnd: number;
  atEnd: boolean;
}

export class Log extends Component<object, { pill: boolean }> {
  private box: HTMLElement | null = null;
  private place: Place = { first: 0, last: 0, pending: 0, fromEnd: 0, atEnd: true };

  override componentDidMount(): void {
    // The keyboard, the queue card, a picture that arrives take room: the end stays in view.
    const observer = new ResizeObserver(() => this.place.atEnd && this.toEnd());
    observer.observe(this.box!);
    observer.observe(this.box!.firstElementChild!);
    this.componentDidUpdate();
  }

  override componentDidUpdate(): void {
    const box = this.box!;
    const before = this.place;
    const items = desk.log.items.value;
    const first = items[0]?.version ?? 0;
    const last = items[items.length - 1]?.version ?? 0;
    const pending = pendingMessages().length;
    if (before.first && first < before.first) {
      // Older messages came in above: what was in view stays in view.
      box.scrollTop = box.scrollHeight - before.fromEnd;
    } else if (before.atEnd || pending > before.pending) this.toEnd();
    else if (last > before.last) this.setState({ pill: true });
    this.place = { ...this.place, first, last, pending, fromEnd: box.scrollHeight - box.scrollTop };
  }

  readonly toEnd = (): void => {
    this.box!.scrollTop = this.box!.scrollHeight;
    this.place.atEnd = true;
    if (this.state.pill) this.setState({ pill: false });
  };

  readonly scrolled = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = this.box!;
    const fromEnd = scrollHeight - scrollTop;
    const atEnd = fromEnd - clientHeight < nearEnd;
    this.place = { ...this.place, fromEnd, atEnd };
    if (atEnd && this.state.pill) this.setState({ pill: false });
    if (scrollTop < nearEnd && !atEnd) desk.loadEarlier();
  };

  override render() {
    const items = desk.log.items.value;
    // Sent, delivered and read stand once, under the newest own message.
    const lastOwn = items.filter((item) => authorOf(item) === "customer").pop();
    return (
      <div class="log-frame">
        <div
          class="log"
          ref={(element) => void (this.box = element)}
          onScroll={this.scrolled}
          tabIndex={0}
          role="region"
          aria-label={t("messages")}
        >
          <div>
            {desk.hasEarlier.value && (
              <Button
                look="plain"
                class="earlier"
                disabled={desk.loadingEarlier.value}
                onClick={desk.loadEarlier}
              >
                {t("earlier")}
              </Button>
            )}
            <div role="log" aria-live="polite" aria-busy={desk.loadingEarlier.value}>
              {needsGreeting(items) && <Greeting />}
              {items.map((item, i) => (
                <Entry key={item.version} item={item} before={items[i - 1]} lastOwn={lastOwn} />
              ))}
              {pendingMessages().map((each) => (
                <Pending key={each.command.client_id} entry={each} />
              ))}
            </div>
            <Rating />
            {desk.typing.value && <Typing name={desk.typing.value} />}
          </div>
        </div>
        {this.state.pill && (
          <Button look="primary" class="pill" onClick={this.toEnd}>
            <Down />
            {t("newMessages")}
          </Button>
        )}
      </div>
    );
  }
}

interface EntryProps {
  item: Item;
  before: Item | undefined;
  lastOwn: Item | undefined;
}

function Entry({ item, before, lastOwn }: EntryProps) {
  const newDay = !before || !sameDay(new Date(before.at), new Date(item.at));
  return (
    <>
      {newDay && <p class="day">{dayLabel(item.at, Date.now(), locale.value)}</p>}
      {item.kind === "message" ? (
        <Message item={item} follows={!newDay && follows(item, before)} marks={item === lastOwn} />
      ) : (
        <Line item={item} />
      )}
    </>
  );
}

/** The same author going on: the name and the face are not repeated. */
function follows(item: Item, before: Item | undefined): boolean {
  return (
    item.kind === "message" &&
    before?.kind === "message" &&
    before.author === item.author &&
    before.name === item.name
  );
}

/** The server's assistant greets; until its words are here, ours say the same. */
function needsGreeting(items: readonly Item[]): boolean {
  if (desk.hasEarlier.value) return false;
  const first = items.find(authorOf);
  return !first || authorOf(first) === "customer";
}

const authorOf = (item: Item | undefined): Author | false =>
  item?.kind === "message" && item.author;

function pendingMessages() {
  const stored = desk.stored.value.map((command) => ({ command, failed: null, stored: true }));
  const unsent = desk.outbox.entries.value.map((each) => ({ ...each, stored: false }));
  return [...stored, ...unsent].flatMap((each) =>
    each.command.type === "send" ? [{ ...each, command: each.command }] : [],
  );
}

function Typing({ name }: { name: string }) {
  const human = desk.answering.value?.kind === "agent";
  return (
    <div class="row typing">
      <Avatar small kind={human ? "agent" : "assistant"} name={name} />
      <Draft />
      <TypingDots />
      <span class="unseen">{t("typing", { name })}</span>
    </div>
  );
}
