/** The messages of a conversation, with older ones on the way up. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { Button } from "../shared/components";
import { Down } from "../shared/icons";
import { locale } from "../shared/i18n";
import { dayLabel } from "../shared/time";
import { halfMinute } from "../shared/clock";
import type { Desk } from "./desk";
import { Group, PendingGroup, SystemLine } from "./message_rows";
import { rowsOf } from "./rows";
import { lastOwnMessage, lastVersion } from "./thread";
import type { Thread } from "./thread";
import { t } from "./words";

/** This near to the end (in pixels) counts as reading the newest words. */
const nearPixels = 80;

export interface MessagesProps {
  desk: Desk;
  thread: Thread;
  agentName: string;
  customerName: string;
}

export function Messages({ desk, thread, agentName, customerName }: MessagesProps) {
  const pending = desk.out.sends.entries.value.filter(
    (entry) => entry.command.conversation === thread.conversation,
  );
  const { box, atEnd, follow, toEnd } = useScroll(thread, pending.length);
  useReading(desk, thread, atEnd);
  const earlier = (): void => desk.loadEarlier(thread.conversation);
  const marked = lastOwnMessage(thread.items);
  return (
    <div class="messages-frame">
      <section
        class="messages"
        ref={box}
        tabIndex={0}
        aria-label={t("messages")}
        onScroll={() => {
          follow();
          if (box.current && box.current.scrollTop < 160) earlier();
        }}
      >
        <div class="messages-inner">
          <div class="earlier">
            {thread.askingEarlier ? (
              <p class="quiet">{t("earlierLoading")}</p>
            ) : thread.hasEarlier ? (
              <Button look="plain" onClick={earlier}>
                {t("earlier")}
              </Button>
            ) : (
              <p class="quiet small">{t("beginning")}</p>
            )}
          </div>
          {rowsOf(thread.items).map((row) => {
            if (row.kind === "day") {
              return (
                <p key={row.key} class="day quiet">
                  {dayLabel(row.at, halfMinute.value, locale.value)}
                </p>
              );
            }
            if (row.kind === "system") return <SystemLine key={row.key} item={row.item} />;
            return (
              <Group
                key={row.key}
                row={row}
                agentName={agentName}
                customerName={customerName}
                mark={
                  marked && pending.length === 0 && row.messages.includes(marked)
                    ? markOf(thread, marked.version)
                    : null
                }
              />
            );
          })}
          {pending.length > 0 && <PendingGroup desk={desk} entries={pending} />}
        </div>
      </section>
      {!atEnd && (
        <Button class="to-end" aria-label={t("newBelow")} onClick={toEnd}>
          <Down />
        </Button>
      )}
    </div>
  );
}

function markOf(thread: Thread, version: number): string {
  if (thread.marks.read >= version) return t("read");
  return t(thread.marks.delivered >= version ? "delivered" : "sent");
}

/** Stays at the newest words when there, and where the reader is when older ones come above. */
function useScroll(thread: Thread, pendingCount: number) {
  const box = useRef<HTMLElement>(null);
  const held = useRef({ first: 0, height: 0, top: 0, atEnd: true });
  const [atEnd, setAtEnd] = useState(true);
  const first = thread.items[0]?.version ?? 0;

  const toEnd = (): void => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  const follow = (): void => {
    const element = box.current;
    if (!element) return;
    const { top } = held.current;
    held.current.top = element.scrollTop;
    const distance = element.scrollHeight - element.scrollTop - element.clientHeight;
    // What grew below (a picture) does not count as leaving; only going up does.
    if (held.current.atEnd && distance >= nearPixels && element.scrollTop >= top) return toEnd();
    held.current.atEnd = distance < nearPixels;
    setAtEnd(held.current.atEnd);
  };

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const grown = element.scrollHeight - held.current.height;
    if (first < held.current.first && !held.current.atEnd) element.scrollTop += grown;
    else if (held.current.atEnd) toEnd();
    held.current = { ...held.current, first, height: element.scrollHeight };
  }, [thread.items, pendingCount]);

  // Pictures that load and a keyboard that opens change the room, not what is being read.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => {
      held.current.height = element.scrollHeight;
      if (held.current.atEnd) toEnd();
    });
    watch.observe(element);
    if (element.firstElementChild) watch.observe(element.firstElementChild);
    return () => watch.disconnect();
  }, []);

  return { box, atEnd, follow, toEnd };
}

/** Tells the server what has been read: only with the page in front and the end in view. */
function useReading(desk: Desk, thread: Thread, atEnd: boolean): void {
  const version = lastVersion(thread);
  useEffect(() => {
    const look = (): void => {
      if (atEnd && !document.hidden && document.hasFocus()) desk.read(thread.conversation);
    };
    look();
    addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [desk, thread.conversation, version, atEnd, desk.connection.value]);
}
