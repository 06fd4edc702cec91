/** Where the customer writes. What is typed here is kept until the server has it. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { Button } from "../shared/components";
import { Clip, Close, File as FileIcon, Send } from "../shared/icons";
import { store } from "../shared/storage";
import * as desk from "./desk";
import { t } from "./strings";
import { addFiles, removeUpload, takeUploads, uploading, uploads } from "./uploads";

const draftKey = "alltid:draft";
/** From here on the count is shown. */
const countFrom = 0.9;

export function focusInput(): void {
  // After the panel has become visible: a hidden element takes no focus.
  requestAnimationFrame(() => document.getElementById("input")?.focus());
}

export function Composer() {
  const [text, setText] = useState(() => store.get(draftKey) ?? "");
  const input = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const limit = desk.config.value?.text_limit ?? 4000;
  const length = [...text].length;
  const nothing = text.trim() === "" && uploads.value.length === 0;
  const ready = !nothing && length <= limit && !uploading();

  useEffect(() => (text ? store.set(draftKey, text) : store.remove(draftKey)), [text]);

  useLayoutEffect(() => {
    const element = input.current!;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const send = (): void => {
    if (!ready) return;
    const files = takeUploads().map((each) => ({ ...each, id: each.id! }));
    if (desk.sendMessage(text.trim(), files)) setText("");
    input.current?.focus();
  };

  const keyDown = (event: KeyboardEvent): void => {
    // Enter also ends a composition (Japanese, Chinese, Korean): that one does not send.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  };

  const take = (files: FileList | null | undefined, event: Event): void => {
    if (!files?.length) return;
    event.preventDefault();
    void addFiles([...files]);
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => take(event.dataTransfer?.files, event)}
    >
      <Uploads />
      <div class="field">
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            take(event.currentTarget.files, event);
            event.currentTarget.value = "";
          }}
        />
        <Button look="icon" aria-label={t("attach")} title={t("attach")} onClick={() => picker.current?.click()}>
          <Clip />
        </Button>
        <textarea
          id="input"
          ref={input}
          rows={1}
          dir="auto"
          enterkeyhint="send"
          placeholder={t("writeHere")}
          aria-label={t("writeHere")}
          aria-describedby="count"
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            desk.sayTyping();
          }}
          onKeyDown={keyDown}
          onPaste={(event) => take(event.clipboardData?.files, event)}
        />
        <Button look="primary" class="send" submit aria-label={t("send")} disabled={!ready}>
          <Send />
        </Button>
      </div>
      <p id="count" class={length > limit ? "count over" : "count"} role="status">
        {length > limit
          ? t("over", { n: length - limit })
          : length > limit * countFrom
            ? t("left", { n: limit - length })
            : ""}
      </p>
    </form>
  );
}

function Uploads() {
  if (uploads.value.length === 0) return null;
  return (
    <ul class="uploads">
      {uploads.value.map((each) => (
        <li key={each.key}>
          <FileIcon />
          <span class="file-name">{each.name}</span>
          {each.id === null && (
            <progress
              max={100}
              value={each.percent}
              aria-label={t("uploading", { name: each.name, percent: each.percent })}
            />
          )}
          <Button
            look="icon"
            aria-label={t("remove", { name: each.name })}
            onClick={() => removeUpload(each.key)}
          >
            <Close />
          </Button>
        </li>
      ))}
    </ul>
  );
}
