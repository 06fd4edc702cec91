/** The list that opens above the answer when "/" begins a word in it. */

import { useEffect, useRef, useState } from "preact/hooks";

import { repliesIn } from "./beside";
import type { Reply } from "./beside";
import { answerField } from "./composer_field";
import { insertReply, matching } from "./replies";
import { t } from "./words";

interface Open {
  readonly replies: readonly Reply[];
  readonly from: number;
  readonly to: number;
  readonly chosen: number;
}

const shownMost = 6;

export function Slash(props: { conversation: string; language: string; tell(words: string): void }) {
  const { conversation, language, tell } = props;
  const [open, setOpen] = useState<Open | null>(null);
  const latest = useRef(open);
  latest.current = open;

  function pick(reply: Reply): void {
    const at = latest.current;
    setOpen(null);
    if (at) void insertReply(conversation, reply, tell, tell, at.from, at.to);
  }
  const picked = useRef(pick);
  picked.current = pick;

  useEffect(() => {
    const field = answerField();
    const form = field?.form;
    if (!field || !form) return;
    const stop = new AbortController();
    field.addEventListener("input", () => void seek(field), { signal: stop.signal });
    field.addEventListener("blur", () => setTimeout(() => setOpen(null), 150), { signal: stop.signal });
    // Before the composer hears of the key: Enter chooses here, and sends there.
    form.addEventListener("keydown", onKey, { signal: stop.signal, capture: true });
    return () => stop.abort();

    async function seek(from: HTMLTextAreaElement): Promise<void> {
      const caret = from.selectionStart;
      const found = /(?:^|\s)(\/[a-z0-9-]{0,32})$/.exec(from.value.slice(0, caret));
      const typed = found?.[1];
      if (typed === undefined) return setOpen(null);
      const replies = matching(await repliesIn(language).catch(() => []), typed).slice(0, shownMost);
      if (from.selectionStart !== caret) return;
      const start = caret - typed.length;
      setOpen(replies.length > 0 ? { replies, from: start, to: caret, chosen: 0 } : null);
    }

    function onKey(event: KeyboardEvent): void {
      const now = latest.current;
      if (!now || event.isComposing) return;
      const count = now.replies.length;
      const step = { ArrowDown: 1, ArrowUp: count - 1 }[event.key];
      const reply = now.replies[now.chosen];
      if (step !== undefined) setOpen({ ...now, chosen: (now.chosen + step) % count });
      else if ((event.key === "Enter" || event.key === "Tab") && reply) picked.current(reply);
      else if (event.key === "Escape") setOpen(null);
      else return;
      event.preventDefault();
      event.stopPropagation();
    }
  }, [conversation, language]);

  useEffect(() => {
    const field = answerField();
    if (!field) return;
    field.setAttribute("aria-autocomplete", "list");
    if (open) {
      field.setAttribute("aria-controls", "slash-list");
      field.setAttribute("aria-activedescendant", `slash-${open.chosen}`);
    } else {
      field.removeAttribute("aria-controls");
      field.removeAttribute("aria-activedescendant");
    }
  }, [open]);

  const box = answerField()?.getBoundingClientRect();
  return (
    <>
      <div class="unseen" role="status">
        {open ? t("toolSlash", { n: open.replies.length }) : ""}
      </div>
      {open && box && (
        <ul
          id="slash-list"
          class="plain-list slash"
          role="listbox"
          aria-label={t("toolReplies")}
          style={{ left: `${box.left}px`, width: `${box.width}px`, bottom: `${innerHeight - box.top + 8}px` }}
        >
          {open.replies.map((each, index) => (
            <li
              key={each.id}
              id={`slash-${index}`}
              role="option"
              aria-selected={index === open.chosen}
              onMouseDown={(event) => {
                event.preventDefault();
                pick(each);
              }}
            >
              <code>/{each.shortcut}</code> <span>{each.title}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
