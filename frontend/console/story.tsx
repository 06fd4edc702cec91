/** One conversation as a story from top to bottom, with the times between the steps. */

import { useEffect, useRef, useState } from "preact/hooks";

import { api, Problem } from "../shared/account/api";
import { Avatar } from "../shared/components";
import { lengthWords } from "../shared/durations";
import type { MessageItem } from "../shared/frames";
import { locale } from "../shared/i18n";
import { Linked, safeHref } from "../shared/linkify";
import { ShownCard } from "../shared/shown_card";
import { clockTime, dayLabel, fullTime, sameDay } from "../shared/time";
import { languageName, statusWords, stepNote, stepWords } from "../shared/told/told";
import type { Step } from "../shared/told/told";
import { later } from "../shared/later";
import { breachesAfter } from "./breaches";
import { promiseName } from "./lights";
import { storySteps } from "./overview";
import type { BreachEntry, Story, StoryStep } from "./overview";
import { addresses } from "./route";
import { t } from "./words";

const StoryBeside = later(
  "work",
  () => import("./tools/story_beside").then((part) => part.StoryBeside),
  () => "",
  () => t("loadAgain"),
);

export interface StoryProps {
  id: string;
  /** The step to begin at: where a promise was broken. */
  version: number | null;
  failed(error: unknown): "stop" | void;
}

interface Told {
  readonly story: Story;
  readonly breaches: readonly BreachEntry[];
}

export function StoryView({ id, version, failed }: StoryProps) {
  const [told, setTold] = useState<Told | null>(null);
  const [problem, setProblem] = useState("");
  const mark = useRef<HTMLLIElement>(null);

  useEffect(() => {
    let here = true;
    Promise.all([
      api<Story>(`/api/console/conversations/${encodeURIComponent(id)}`),
      breachesAfter(null, null),
    ]).then(
      ([story, all]) => {
        const breaches = all.filter((each) => each.conversation === id);
        if (here) setTold({ story, breaches });
      },
      (error: unknown) => {
        if (!here || failed(error) === "stop") return;
        setProblem((error instanceof Problem && error.message) || t("failed"));
      },
    );
    return () => {
      here = false;
    };
  }, [id]);

  useEffect(() => mark.current?.scrollIntoView({ block: "center" }), [told]);

  const conversation = told?.story.conversation;
  const name = conversation?.customer ?? t("guest");
  const steps = told ? storySteps(told.story.items, told.breaches) : [];
  const marked = markedStep(steps, version);
  return (
    <>
      <p>
        <a href={addresses.conversations}>{t("back")}</a>
      </p>
      <h2 tabIndex={-1}>{told ? t("storyOf", { name }) : t("story")}</h2>
      {conversation && (
        <p class="quiet">
          {statusWords(conversation.status)} · {languageName(conversation.language)}
          {conversation.agent && ` · ${conversation.agent}`} · {t("recorded")}
        </p>
      )}
      <p class="problem" role="alert">
        {problem}
      </p>
      {!told && !problem && <p class="quiet">{t("loading")}</p>}
      {told && steps.length === 0 && <p class="empty quiet">{t("storyEmpty")}</p>}
      <ol class="plain-list story">
        {steps.map((step, index) => (
          <StoryRow
            key={step.item.version}
            step={step}
            customer={name}
            newDay={isNewDay(steps[index - 1], step)}
            mark={step === marked ? mark : undefined}
          />
        ))}
      </ol>
      {told && <StoryBeside id={id} failed={failed} />}
    </>
  );
}

/** The step of a version, or the last before it: not every version shows something. */
function markedStep(steps: readonly StoryStep[], version: number | null): StoryStep | undefined {
  if (version === null) return undefined;
  return steps.filter((step) => step.item.version <= version).at(-1);
}

function isNewDay(before: StoryStep | undefined, step: StoryStep): boolean {
  return !before || !sameDay(new Date(before.item.at), new Date(step.item.at));
}

function StoryRow(props: {
  step: StoryStep;
  customer: string;
  newDay: boolean;
  mark: { current: HTMLLIElement | null } | undefined;
}) {
  const { item, gapSeconds, breaches } = props.step;
  return (
    <li ref={props.mark ?? null} class={props.mark ? "story-step marked" : "story-step"}>
      <p class="story-time quiet">
        <time dateTime={item.at} title={fullTime(item.at, locale.value)}>
          {props.newDay && <span>{dayLabel(item.at, Date.now(), locale.value)}, </span>}
          {clockTime(item.at, locale.value)}
        </time>
        {gapSeconds !== null && gapSeconds >= 1 && (
          <span class="gap">{t("later", { length: lengthWords(gapSeconds, locale.value) })}</span>
        )}
      </p>
      <div class="story-body">
        {item.kind === "message" ? (
          <Said message={item} customer={props.customer} />
        ) : (
          <Happened item={item} />
        )}
        {breaches.map((breach) => (
          <p key={breach.id} class="story-breach">
            {t("breachHere", { promise: promiseName(breach.promise), detail: breach.detail })}
          </p>
        ))}
      </div>
    </li>
  );
}

function Said({ message, customer }: { message: MessageItem; customer: string }) {
  const name = message.author === "customer" ? customer : (message.name ?? "");
  const sources = (message.sources ?? []).filter((source) => safeHref(source.url));
  return (
    <>
      <p class="story-who">
        <Avatar kind={message.author} name={name} small />
        <b>{name}</b>
        {message.author === "assistant" && <span class="quiet">{t("assistant")}</span>}
      </p>
      <p class="story-text" dir="auto">
        <Linked text={message.text} />
      </p>
      {(message.attachments ?? []).map((file) => (
        <p key={file.id}>
          <a href={file.url} target="_blank" rel="noopener noreferrer">
            {file.name}
          </a>
        </p>
      ))}
      {message.card && <ShownCard card={message.card} said={message.text} />}
      {sources.length > 0 && (
        <p class="quiet">
          {t("sources")}: {sources.map((source) => source.title).join(", ")}
        </p>
      )}
    </>
  );
}

function Happened({ item }: { item: Step }) {
  const note = stepNote(item);
  return (
    <>
      <p class="story-event">{stepWords(item)}</p>
      {note && <p class="story-text quiet">{note}</p>}
    </>
  );
}
