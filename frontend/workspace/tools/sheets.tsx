/** What a tool does, each in a sheet of its own: search, notes, a lead, a block. */

import { useState } from "preact/hooks";

import { api } from "../../shared/account/api";
import { Button } from "../../shared/components";
import { halfMinute } from "../../shared/clock";
import { locale } from "../../shared/i18n";
import { safeHref } from "../../shared/linkify";
import { newClientId } from "../../shared/outbox";
import { fullTime, timeLabel } from "../../shared/time";
import { of, post } from "./beside";
import type { Beside } from "./beside";
import { insert } from "./composer_field";
import { Field, Form } from "./form";
import { t } from "./words";

export interface ToolProps {
  conversation: string;
  language: string;
  beside: Beside;
  again(): void;
  close(): void;
}

export function When({ at }: { at: string }) {
  return (
    <time class="quiet small" dateTime={at} title={fullTime(at, locale.value)}>
      {timeLabel(at, halfMinute.value, locale.value)}
    </time>
  );
}

interface Found {
  readonly title: string;
  readonly url: string;
  readonly passage: string;
  readonly date: string | null;
}

export function Search({ language, close }: ToolProps) {
  const [question, setQuestion] = useState("");
  const [found, setFound] = useState<readonly Found[] | null>(null);
  const ask = (): Promise<void> => {
    const query = new URLSearchParams({ q: question.trim() || " ", language });
    return api<{ found: Found[] }>(`/api/agent/knowledge?${query}`).then((answer) =>
      setFound(answer.found),
    );
  };
  return (
    <>
      <Form send={ask} done={() => undefined} words={t("toolSearchDo")}>
        <Field id="tool-q" label={t("toolQuestion")} value={question} most={500} set={setQuestion} />
      </Form>
      <div role="status">
        {found?.length === 0 && <p class="quiet">{t("toolSearchEmpty")}</p>}
      </div>
      <ul class="plain-list tool-list">
        {found?.map((each) => (
          <li key={each.url}>
            <b>{each.title}</b>
            <p>{each.passage}</p>
            <p class="quiet small">
              {t("toolSource")}:{" "}
              {safeHref(each.url) ? (
                <a href={each.url} target="_blank" rel="noopener noreferrer">
                  {each.url}
                </a>
              ) : (
                each.url
              )}{" "}
              {each.date && <When at={each.date} />}
            </p>
            <Button
              onClick={() => {
                close();
                const address = new URL(each.url, location.origin).href;
                insert(`“${each.passage}”\n${each.title}: ${address}`);
              }}
            >
              {t("toolQuote")}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

export function Notes({ conversation, beside, again }: ToolProps) {
  const [text, setText] = useState("");
  const [id, setId] = useState(newClientId);
  return (
    <>
      {beside.notes.length === 0 && <p class="quiet">{t("toolNotesEmpty")}</p>}
      <ol class="plain-list tool-list">
        {beside.notes.map((note) => (
          <li key={note.id}>
            <p class="quiet small">
              {note.name} · <When at={note.at} />
            </p>
            <p class="tool-words">{note.text}</p>
          </li>
        ))}
      </ol>
      <Form
        send={() =>
          text.trim() ? post(of(conversation, "notes"), { id, text }) : t("toolNoteNew")
        }
        done={() => {
          setText("");
          setId(newClientId());
          again();
        }}
        words={t("toolNoteAdd")}
      >
        <Field id="tool-note" label={t("toolNoteNew")} value={text} rows={3} most={2000} set={setText} />
      </Form>
    </>
  );
}

export function AskLead({ conversation, beside, again }: ToolProps) {
  const [text, setText] = useState("");
  const [id, setId] = useState(newClientId);
  return (
    <>
      {beside.questions.length === 0 && <p class="quiet">{t("toolAskEmpty")}</p>}
      <ol class="plain-list tool-list">
        {beside.questions.map((each) => (
          <li key={each.id}>
            <p class="quiet small">
              {each.name} · <When at={each.asked_at} />
            </p>
            <p class="tool-words">{each.question}</p>
            {each.answer ? (
              <p class="tool-answer tool-words">
                <b>{each.lead}:</b> {each.answer}
              </p>
            ) : (
              <p class="quiet small">{t("toolWaitsForLead")}</p>
            )}
          </li>
        ))}
      </ol>
      <Form
        send={() =>
          text.trim() ? post(of(conversation, "questions"), { id, text }) : t("toolAskNew")
        }
        done={() => {
          setText("");
          setId(newClientId());
          again();
        }}
        words={t("toolAskDo")}
      >
        <Field id="tool-ask" label={t("toolAskNew")} value={text} rows={3} most={1000} set={setText} />
      </Form>
    </>
  );
}

export function AskBlock({ conversation, again, close }: ToolProps) {
  const [reason, setReason] = useState("");
  const [id] = useState(newClientId);
  return (
    <>
      <p>{t("toolBlockMeans")}</p>
      <Form
        send={() =>
          reason.trim().length < 3
            ? t("toolNeeded")
            : post(of(conversation, "block"), { id, reason })
        }
        done={() => {
          again();
          close();
        }}
        cancel={close}
        words={t("toolBlockDo")}
      >
        <Field id="tool-block" label={t("toolBlockWhy")} value={reason} rows={3} most={500} set={setReason} />
      </Form>
    </>
  );
}
