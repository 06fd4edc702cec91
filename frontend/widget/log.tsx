/** The messages: a log that screen readers follow, that keeps its place, and loads its past. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { Avatar, Button, TypingDots } from "../shared/components";
import type { Item } from "../shared/frames";
import { locale } from "../shared/i18n";
import { Down } from "../shared/icons";
import { dayLabel, sameDay } from "../shared/time";
import * as desk from "./desk";
import { Line } from "./line";
import { Greeting, Message, Pending } from "./message";
import { Rating } from "./rating";
import { t } from "./strings";

/** Closer to the end than this counts as reading the newest. */
const nearEnd = 80;

export function Log() {
  const items = desk.log.items.value;
  const pending = pendingMessages();
  const box = useRef<HTMLDivElement>(null);
  const place = useRef({ first: 0, last: 0, fromEnd: 0, atEnd: true });
  const [pill, showPill] = useState(false);
  const first = items[0]?.version ?? 0;
  const last = items[items.length - 1]?.version ?? 0;

  const toEnd = (): void => {
    const element = box.current!;
    element.scrollTop = element.scrollHeight;
    showPill(false);
  };

  useLayoutEffect(() => {
    const element = box.current!;
    const before = place.current;
    if (before.first && first < before.first) {
      // Older messages came in above: what was in view stays in view.
      element.scrollTop = element.scrollHeight - before.fromEnd;
    } else if (before.atEnd || pending.length > 0) toEnd();
    else if (last > before.last) showPill(true);
    place.current = { ...before, first, last, fromEnd: element.scrollHeight - element.scrollTop };
  });

  useEffect(() => {
    // The keyboard, the queue card or larger text take room: the end stays in view.
    const watch = new ResizeObserver(() => place.current.atEnd && toEnd());
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);

  const scrolled = (): void => {
    const element = box.current!;
    const fromEnd = element.scrollHeight - element.scrollTop;
    const atEnd = fromEnd - element.clientHeight < nearEnd;
    place.current = { ...place.current, fromEnd, atEnd };
    if (atEnd) showPill(false);
    if (element.scrollTop < nearEnd && !atEnd) desk.loadEarlier();
  };

  return (
    <div class="log-frame">
      <div class="log" ref={box} onScroll={scrolled} tabIndex={0} role="region" aria-label={t("messages")}>
        {desk.hasEarlier.value && (
          <Button look="plain" class="earlier" disabled={desk.loadingEarlier.value} onClick={desk.loadEarlier}>
            {t("earlier")}
          </Button>
        )}
        <div role="log" aria-live="polite" aria-busy={desk.loadingEarlier.value} aria-label={t("messages")}>
          {needsGreeting(items) && <Greeting />}
          {items.map((item, i) => (
            <Entry key={item.version} item={item} before={items[i - 1]} items={items} />
          ))}
          {pending.map((each) => (
            <Pending key={each.command.client_id} entry={each} />
          ))}
        </div>
        <Rating />
        {desk.typing.value && <Typing name={desk.typing.value} />}
      </div>
      {pill && (
        <Button look="primary" class="pill" onClick={toEnd}>
          <Down />
          {t("newMessages")}
        </Button>
      )}
    </div>
  );
}

function Entry({ item, before, items }: { item: Item; before: Item | undefined; items: readonly Item[] }) {
  const newDay = !before || !sameDay(new Date(before.at), new Date(item.at));
  return (
    <>
      {newDay && <p class="day">{dayLabel(item.at, Date.now(), locale.value)}</p>}
      {item.kind === "message" ? (
        <Message item={item} follows={!newDay && follows(item, before)} marks={isLastOwn(item, items)} />
      ) : (
        <Line item={item} last={items[items.length - 1] === item} />
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

/** Sent, delivered and read stand once, under the newest own message. */
function isLastOwn(item: Item, items: readonly Item[]): boolean {
  for (let i = items.length - 1; i >= 0; i -= 1) {
    const each = items[i]!;
    if (each.kind === "message" && each.author === "customer") return each === item;
  }
  return false;
}

/** The server's assistant greets; until its words are here, ours say the same. */
function needsGreeting(items: readonly Item[]): boolean {
  if (desk.hasEarlier.value) return false;
  const first = items.find((item) => item.kind === "message");
  return !first || first.kind !== "message" || first.author === "customer";
}

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
      <TypingDots />
      <span class="unseen">{t("typing", { name })}</span>
    </div>
  );
}
