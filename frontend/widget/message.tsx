/** One message: who, what, its sources and files, and how far it has come. */

import { Avatar, Bubble, Button } from "../shared/components";
import type { Attachment, CustomerCommand, MessageItem } from "../shared/frames";
import { locale } from "../shared/i18n";
import { File as FileIcon, Person } from "../shared/icons";
import { Linked, safeHref } from "../shared/linkify";
import { clockTime, fileSize, fullTime } from "../shared/time";
import { ChoiceCard } from "./cards";
import * as desk from "./desk";
import { t } from "./strings";

interface MessageProps {
  item: MessageItem;
  /** The same author goes on: neither face nor name again. */
  follows: boolean;
  /** The newest own message: says how far it has come. */
  marks: boolean;
}

export function Message({ item, follows, marks }: MessageProps) {
  const own = item.author === "customer";
  const name = own ? t("you") : (item.name ?? desk.company.value);
  const label = item.author === "assistant" ? t("assistantRole", { name }) : name;
  return (
    <div class={`row${own ? " own" : ""}${follows ? " follows" : ""}`}>
      {!own && <Avatar small kind={item.author} name={name} />}
      <div class="said">
        {own || follows ? (
          <span class="unseen">{t("said", { name: label })}</span>
        ) : (
          <p class="name">{label}</p>
        )}
        {item.text && (
          <div class="text" title={item.at && fullTime(item.at, locale.value)}>
            <Bubble own={own}>
              <Linked text={item.text} />
            </Bubble>
          </div>
        )}
        <Files files={item.attachments ?? []} />
        <Sources item={item} />
        <ChoiceCard item={item} />
        {item.offer_human && <OfferHuman />}
        {own && marks && <p class="mark">{markWords(item)}</p>}
      </div>
    </div>
  );
}

/** Before anything is stored: says that an AI answers and that a human is one tap away (P4). */
export function Greeting() {
  const who = desk.answering.value;
  const name = who?.kind === "assistant" ? who.name : null;
  const item = { kind: "message", author: "assistant", name, text: t("greeting") } as MessageItem;
  return <Message item={item} follows={false} marks={false} />;
}

type SendCommand = Extract<CustomerCommand, { type: "send" }>;

export function Pending({
  entry,
}: {
  entry: { command: SendCommand; failed: string | null; stored: boolean };
}) {
  const { command, failed } = entry;
  const id = command.client_id;
  const discard = (): void => desk.outbox.settle(id);
  return (
    <div class={`row own${failed === null ? " pending" : ""}`}>
      <div class="said">
        <span class="unseen">{t("said", { name: t("you") })}</span>
        {command.text && (
          <Bubble own>
            <Linked text={command.text} />
          </Bubble>
        )}
        {command.attachments.map((file) => (
          <span key={file} class="file">
            <FileIcon />
            {desk.sentFiles.get(file)?.name ?? "…"}
          </span>
        ))}
        {failed === null ? (
          <p class="mark">{t(entry.stored ? "sent" : "sending")}</p>
        ) : (
          <div class="failed" role="alert">
            <p>
              {t("notSent")} {failed}
            </p>
            <Button onClick={() => desk.sendAgain(id)}>{t("sendAgain")}</Button>
            <Button look="plain" onClick={discard}>
              {t("discard")}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

function markWords(item: MessageItem): string {
  const { delivered, read } = desk.agentMark.value;
  const state = read >= item.version ? "read" : delivered >= item.version ? "delivered" : "sent";
  return `${clockTime(item.at, locale.value)} · ${t(state)}`;
}

function Files({ files }: { files: readonly Attachment[] }) {
  return files.map((file) =>
    file.media_type.startsWith("image/") ? (
      <a key={file.id} class="picture" href={file.url} target="_blank" rel="noopener noreferrer">
        <img src={file.url} alt={file.name} loading="lazy" />
      </a>
    ) : (
      <a
        key={file.id}
        class="file"
        href={file.url}
        target="_blank"
        rel="noopener noreferrer"
        download={file.name}
      >
        <FileIcon />
        <span>
          {file.name}
          <small>{fileSize(file.size_bytes, locale.value)}</small>
        </span>
      </a>
    ),
  );
}

function Sources({ item }: { item: MessageItem }) {
  const sources = (item.sources ?? []).filter((source) => safeHref(source.url));
  if (sources.length === 0) return null;
  return (
    <div class="sources">
      <span>{t("sources")}</span>
      <ul>
        {sources.map((source) => (
          <li key={source.url}>
            <a href={source.url} target="_blank" rel="noopener noreferrer">
              {source.title}
            </a>
            {source.date && <small> {day(source.date)}</small>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A day without a time: the reader's clock doesn't move it. */
const day = (date: string): string =>
  new Date(date).toLocaleDateString(locale.value, { dateStyle: "medium", timeZone: "UTC" });

function OfferHuman() {
  if (desk.status.value !== "assistant" || desk.askingHuman.value) return null;
  return (
    <Button look="primary" onClick={desk.askHuman}>
      <Person />
      {t("talkToHuman")}
    </Button>
  );
}
