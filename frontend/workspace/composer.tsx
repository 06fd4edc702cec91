/** Where the agent writes: text, files, and the habits of a good chat. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { Button } from "../shared/components";
import { Clip, Send } from "../shared/icons";
import type { Desk } from "./desk";
import { drafts } from "./drafts";
import { FileTray } from "./file_tray";
import { useFiles } from "./files";
import { t } from "./words";

export interface ComposerProps {
  desk: Desk;
  agentId: string;
  conversation: string;
  textLimit: number;
  uploadLimitBytes: number;
}

/** The counter shows when this few characters are left. */
const counterFrom = 300;

export function Composer(props: ComposerProps) {
  const { desk, agentId, conversation, textLimit, uploadLimitBytes } = props;
  const [text, setText] = useState(() => drafts.read(agentId, conversation));
  const [over, setOver] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const warned = useRef("");
  const picker = useRef<HTMLInputElement>(null);
  const files = useFiles(conversation, uploadLimitBytes);
  // The server counts characters, not UTF-16 units: an emoji is one.
  const left = textLimit - [...text].length;
  const ready =
    left >= 0 && !files.uploading && (text.trim() !== "" || files.finished.length > 0);

  useLayoutEffect(() => grow(field.current), [text]);

  function write(value: string): void {
    setText(value);
    drafts.keep(agentId, conversation, value);
    if (value) desk.writing(conversation);
  }

  function send(): void {
    if (!ready) return;
    // A canned reply's hole is never sent unseen; who means it sends it again.
    const hole = /\{[a-z]\w*\}/.exec(text)?.[0];
    if (hole && warned.current !== text) {
      warned.current = text;
      desk.tell(t("unfilled", { name: hole }));
      return;
    }
    if (!desk.send(conversation, text.trim(), files.finished)) {
      desk.tell(t("full"));
      return;
    }
    setText("");
    drafts.keep(agentId, conversation, "");
    files.clear();
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // While an input method composes (Japanese, Korean…), Enter belongs to it; Safari says 229.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  }

  useDrop(files.add, setOver);

  return (
    <form
      class={over ? "composer over" : "composer"}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {over && <p class="drop-here">{t("drop")}</p>}
      <FileTray files={files} />
      <div class="composer-row">
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            files.add([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = "";
          }}
        />
        <Button look="icon" aria-label={t("attach")} onClick={() => picker.current?.click()}>
          <Clip />
        </Button>
        <textarea
          ref={field}
          id="answer"
          rows={1}
          aria-label={t("answer")}
          aria-describedby="answer-count"
          aria-invalid={left < 0}
          placeholder={t("answerPlace")}
          enterkeyhint="send"
          value={text}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const pasted = [...(event.clipboardData?.files ?? [])];
            if (pasted.length === 0) return;
            event.preventDefault();
            files.add(pasted);
          }}
        />
        <Button submit look="primary" class="icon send" aria-label={t("send")} aria-disabled={!ready}>
          <Send />
        </Button>
      </div>
      <p id="answer-count" class={left < 0 ? "count-line problem" : "count-line quiet"}>
        {left < 0 ? t("over", { n: -left }) : left < counterFrom ? t("left", { n: left }) : ""}
      </p>
    </form>
  );
}

/** As tall as its text, up to what the style allows. */
function grow(field: HTMLTextAreaElement | null): void {
  if (!field || CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

/** Files may be dropped anywhere on the page: it is all about this conversation. */
function useDrop(add: (files: File[]) => void, setOver: (over: boolean) => void): void {
  const latest = useRef(add);
  latest.current = add;
  useEffect(() => {
    const holdsFiles = (event: DragEvent): boolean =>
      event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (!event.relatedTarget) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(false);
      latest.current([...(event.dataTransfer?.files ?? [])]);
    };
    document.addEventListener("dragover", over);
    document.addEventListener("dragleave", leave);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("drop", drop);
    };
  }, []);
}
