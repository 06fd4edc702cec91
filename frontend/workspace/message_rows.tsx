/** How a group of messages, a message on its way and a system line look. */

import { Avatar, Bubble, Button } from "../shared/components";
import type { Attachment, MessageItem } from "../shared/frames";
import { File } from "../shared/icons";
import { locale } from "../shared/i18n";
import { Linked, safeHref } from "../shared/linkify";
import { ShownCard } from "../shared/shown_card";
import type { Entry } from "../shared/outbox";
import { fileSize, fullTime, timeLabel } from "../shared/time";
import { stepNote, stepWords } from "../shared/told/told";
import type { Step } from "../shared/told/told";
import { halfMinute } from "../shared/clock";
import { Said } from "./beside";
import type { Desk } from "./desk";
import type { SendCommand } from "./outgoing";
import { isOwn } from "./rows";
import type { Row } from "./rows";
import { isPicture } from "./upload";
import { t } from "./words";

export interface GroupProps {
  row: Extract<Row, { kind: "group" }>;
  agentName: string;
  customerName: string;
  /** "Delivered", "Read": only under the newest message of an agent. */
  mark: string | null;
}

export function Group({ row, agentName, customerName, mark }: GroupProps) {
  const own = row.author === "agent" && isOwn(row.name, agentName);
  const name = row.author === "customer" ? customerName : (row.name ?? "");
  const last = row.messages.at(-1);
  return (
    <article class={`group ${row.author}${own ? " own" : ""}`}>
      {row.author !== "agent" && <Avatar kind={row.author} name={name} small />}
      <div class="group-body">
        <h3 class={own ? "unseen" : "group-name"}>
          {own ? t("you") : name}
          {row.author === "assistant" && <span class="quiet"> · {t("assistant")}</span>}
        </h3>
        {row.messages.map((message) => (
          <Message key={message.version} message={message} own={own} />
        ))}
        {last && (
          <p class="group-time quiet">
            <time dateTime={last.at} title={fullTime(last.at, locale.value)}>
              {timeLabel(last.at, halfMinute.value, locale.value)}
            </time>
            {mark && <span> · {mark}</span>}
          </p>
        )}
      </div>
    </article>
  );
}

function Message({ message, own }: { message: MessageItem; own: boolean }) {
  const sources = (message.sources ?? []).filter((source) => safeHref(source.url));
  return (
    <>
      {message.muted && <p class="quiet">{t("mutedWords")}</p>}
      {message.text && (
        <Bubble own={own}>
          <Said message={message} />
        </Bubble>
      )}
      <Attachments list={message.attachments ?? []} />
      {message.card && <ShownCard card={message.card} said={message.text} />}
      {sources.length > 0 && (
        <p class="sources">
          <span class="quiet">{t("sources")}: </span>
          {sources.map((source, index) => (
            <>
              {index > 0 && ", "}
              <a href={source.url} target="_blank" rel="noopener noreferrer">
                {source.title}
              </a>
            </>
          ))}
        </p>
      )}
    </>
  );
}

function Attachments({ list }: { list: readonly Attachment[] }) {
  if (list.length === 0) return null;
  return (
    <ul class="plain-list attachments">
      {list.map((each) => (
        <li key={each.id}>
          {each.url && isPicture(each.media_type) ? (
            <a href={each.url} target="_blank" rel="noopener noreferrer" class="picture">
              <img src={each.url} alt={each.name} loading="lazy" />
            </a>
          ) : (
            <FileLink file={each} />
          )}
        </li>
      ))}
    </ul>
  );
}

function FileLink({ file }: { file: Attachment }) {
  const inner = (
    <>
      <File />
      <span>
        {file.name}
        <small>{fileSize(file.size_bytes, locale.value)}</small>
      </span>
    </>
  );
  if (!file.url) return <span class="file">{inner}</span>;
  return (
    <a class="file" href={file.url} target="_blank" rel="noopener noreferrer">
      {inner}
    </a>
  );
}

/** What has been sent and is not yet seen stored, each with its state. */
export function PendingGroup({ desk, entries }: { desk: Desk; entries: readonly Entry<SendCommand>[] }) {
  return (
    <article class="group agent own">
      <div class="group-body">
        <h3 class="unseen">{t("you")}</h3>
        {entries.map(({ command, failed }) => (
          <div key={command.client_id} class={failed ? "pending failed" : "pending"}>
            {command.text && (
              <Bubble own>
                <Linked text={command.text} />
              </Bubble>
            )}
            <Attachments list={command.attachments.flatMap((id) => desk.uploaded.get(id) ?? [])} />
            {failed ? (
              <div class="failed-words">
                <p class="problem">{t("notSent", { why: failed })}</p>
                <Button look="plain" onClick={() => desk.sendAgain(command.client_id)}>
                  {t("sendAgain")}
                </Button>
                <Button look="plain" onClick={() => desk.out.sends.settle(command.client_id)}>
                  {t("discard")}
                </Button>
              </div>
            ) : (
              <p class="group-time quiet">{t("sending")}</p>
            )}
          </div>
        ))}
      </div>
    </article>
  );
}

export function SystemLine({ item }: { item: Step }) {
  const note = stepNote(item);
  return (
    <div class="system">
      <p>
        {stepWords(item)}{" "}
        <time class="quiet" dateTime={item.at} title={fullTime(item.at, locale.value)}>
          {timeLabel(item.at, halfMinute.value, locale.value)}
        </time>
      </p>
      {note && <p class="system-note">{note}</p>}
    </div>
  );
}
