/** Where the customer writes. What is typed here is kept until the server has it. */

import { Component } from "preact";

import { Button } from "../shared/components";
import { Close, File as FileIcon, Plus, Send } from "../shared/icons";
import { store } from "../shared/storage";
import * as desk from "./desk";
import { t } from "./strings";
import { addFiles, removeUpload, takeUploads, uploading, uploads } from "./uploads";

/** With fewer characters left than this, the count is shown. */
const countFrom = 400;

export function focusInput(): void {
  // After the panel has become visible, and the words are here: before, nothing takes focus.
  requestAnimationFrame(() => {
    const input = document.getElementById("input");
    if (input) input.focus();
    else setTimeout(focusInput, 50);
  });
}

export class Composer extends Component<object, { text: string }> {
  override state = { text: store.get(desk.draftKey) ?? "" };
  private input: HTMLTextAreaElement | null = null;
  private picker: HTMLInputElement | null = null;

  override componentDidMount(): void {
    this.componentDidUpdate();
  }

  /** The field grows with its text. In a hidden frame it has no height to grow to. */
  override componentDidUpdate(): void {
    const { style } = this.input!;
    style.height = "auto";
    const { scrollHeight } = this.input!;
    if (scrollHeight) style.height = `${scrollHeight}px`;
  }

  private write(text: string): void {
    if (text) store.set(desk.draftKey, text);
    else store.remove(desk.draftKey);
    this.setState({ text });
  }

  private ready(): boolean {
    const { text } = this.state;
    const nothing = text.trim() === "" && uploads.value.length === 0;
    return !nothing && [...text].length <= limit() && !uploading();
  }

  private send(event: Event): void {
    event.preventDefault();
    if (!this.ready()) return;
    const files = takeUploads().map((each) => ({ ...each, id: each.id! }));
    if (desk.sendMessage(this.state.text.trim(), files)) this.write("");
    this.input?.focus();
  }

  private keyDown(event: KeyboardEvent): void {
    // Enter also ends a composition (Japanese, Chinese, Korean): that one does not send.
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !composing) this.send(event);
  }

  override render() {
    const { text } = this.state;
    return (
      <form
        class="composer"
        onSubmit={(event) => this.send(event)}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => take(event.dataTransfer?.files, event)}
      >
        <Uploads />
        <div class="field">
          <input
            ref={(element) => void (this.picker = element)}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              take(event.currentTarget.files, event);
              event.currentTarget.value = "";
            }}
          />
          <Button look="icon" aria-label={t("attach")} onClick={() => this.picker?.click()}>
            <Plus />
          </Button>
          <textarea
            id="input"
            ref={(element) => void (this.input = element)}
            rows={1}
            dir="auto"
            enterkeyhint="send"
            placeholder={t("writeHere")}
            aria-label={t("writeHere")}
            aria-describedby="count"
            value={text}
            onInput={(event) => {
              this.write(event.currentTarget.value);
              desk.sayTyping();
            }}
            onKeyDown={(event) => this.keyDown(event)}
            onPaste={(event) => take(event.clipboardData?.files, event)}
          />
          <Button look="primary" class="send" submit aria-label={t("send")} disabled={!this.ready()}>
            <Send />
          </Button>
        </div>
        <Count length={[...text].length} />
      </form>
    );
  }
}

const limit = (): number => desk.config.value?.text_limit ?? 4000;

function take(files: FileList | null | undefined, event: Event): void {
  if (!files?.length) return;
  event.preventDefault();
  void addFiles([...files]);
}

function Count({ length }: { length: number }) {
  const left = limit() - length;
  return (
    <p id="count" class={left < 0 ? "count over" : "count"} role="status">
      {left < 0 ? t("over", { n: -left }) : left < countFrom && t("left", { n: left })}
    </p>
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
