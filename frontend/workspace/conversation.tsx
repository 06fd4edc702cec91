/** One conversation: who it is and how they came, the messages, and the answer. */

import { useEffect, useRef, useState } from "preact/hooks";

import { Avatar, Button } from "../shared/components";
import { lengthWords } from "../shared/durations";
import type { Agent, Config } from "../shared/frames";
import { locale } from "../shared/i18n";
import { fullTime, timeLabel } from "../shared/time";
import { halfMinute, second } from "../shared/clock";
import { later } from "../shared/later";
import { Composer } from "./composer";
import type { Desk } from "./desk";
import { Back } from "./icons";
import { Messages } from "./messages";
import { FinishSheet, GiveBackSheet } from "./online/later";
import { howWords, languageName } from "../shared/told/told";
import { addressOf } from "./route";
import { packetOf } from "./thread";
import type { Thread } from "./thread";
import { t } from "./words";

const Tools = later(
  "tools",
  () => import("./tools/tools").then((part) => part.Tools),
  () => "",
  () => t("retry"),
);

export interface ConversationProps {
  desk: Desk;
  agent: Agent;
  config: Config | null;
  id: string;
}

export function Conversation({ desk, agent, config, id }: ConversationProps) {
  const [sheet, setSheet] = useState<"finish" | "give-back" | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const thread = desk.threads.value.get(id);
  const card = desk.cards.value.find((each) => each.conversation === id);
  const name = card?.customer.name ?? thread?.customer.name ?? t("guest");
  const mine = card !== undefined;
  const loaded = thread?.loaded ?? false;
  useEffect(() => {
    // With a keyboard at hand, writing can begin at once; on a phone it would cover the words.
    const roomy = matchMedia("(min-width: 900px) and (pointer: fine)").matches;
    const field = roomy ? document.getElementById("answer") : null;
    (field ?? title.current)?.focus({ preventScroll: true });
  }, [loaded]);

  return (
    <section class="conversation" aria-labelledby="conversation-title">
      <header class="conversation-head">
        <a class="button icon back" href={addressOf(null)} aria-label={t("back")}>
          <Back />
        </a>
        <Avatar kind="customer" name={name} />
        <div class="conversation-name">
          <h2 id="conversation-title" ref={title} tabIndex={-1}>
            {name}
          </h2>
          <TypingLine desk={desk} id={id} name={name} otherwise={card && languageName(card.language)} />
        </div>
        {mine && (
          <div class="conversation-steps">
            <Button aria-haspopup="dialog" onClick={() => setSheet("give-back")}>
              {t("giveBack")}
            </Button>
            <Button look="soft" aria-haspopup="dialog" onClick={() => setSheet("finish")}>
              {t("finish")}
            </Button>
          </div>
        )}
      </header>
      {thread?.loaded ? (
        <>
          <Packet thread={thread} language={card?.language} />
          <Tools desk={desk} agentId={agent.id} id={id} mine={mine} language={card?.language} />
          <Messages desk={desk} thread={thread} agentName={agent.name} customerName={name} />
        </>
      ) : (
        <p class="pick quiet" role="status">
          {t("loadingThread")}
        </p>
      )}
      {mine && <div id="suggestions" />}
      {mine ? (
        <Composer
          desk={desk}
          agentId={agent.id}
          conversation={id}
          textLimit={config?.text_limit ?? 4000}
          uploadLimitBytes={config?.upload_limit_bytes ?? 10_000_000}
        />
      ) : (
        thread?.loaded && (
          <p class="read-only quiet">
            {t(thread.status === "resolved" ? "readOnly" : "readOnlyBack")}
          </p>
        )
      )}
      {sheet === "finish" && mine && (
        <FinishSheet desk={desk} conversation={id} close={() => setSheet(null)} />
      )}
      {sheet === "give-back" && mine && (
        <GiveBackSheet desk={desk} conversation={id} close={() => setSheet(null)} />
      )}
    </section>
  );
}

function TypingLine(props: { desk: Desk; id: string; name: string; otherwise: string | undefined }) {
  const until = props.desk.typing.value.get(props.id) ?? 0;
  // Read only while it matters, so that an idle line is not drawn each second.
  const typing = until > 0 && until > second.value;
  return (
    <p class={typing ? "typing" : "quiet"}>
      {typing ? t("typing", { name: props.name }) : props.otherwise}
    </p>
  );
}

interface Fact {
  readonly name: string;
  readonly term: string;
  readonly value: string;
  readonly hover?: string;
}

/** How this conversation came to a human: one line on a phone, a card beside it on a desk. */
function Packet({ thread, language }: { thread: Thread; language: string | undefined }) {
  const packet = packetOf(thread.items);
  if (!packet.askedAt || !packet.how) return null;
  const facts: Fact[] = [
    { name: "how", term: t("packetHow"), value: howWords(packet.how) },
    {
      name: "asked",
      term: t("packetAsked"),
      value: timeLabel(packet.askedAt, halfMinute.value, locale.value),
      hover: fullTime(packet.askedAt, locale.value),
    },
  ];
  if (packet.waitedSeconds !== null) {
    const value = lengthWords(packet.waitedSeconds, locale.value);
    facts.push({ name: "waited", term: t("packetWaited"), value });
  }
  if (language) {
    facts.unshift({ name: "language", term: t("packetLanguage"), value: languageName(language) });
  }
  return (
    <section class="packet" aria-label={t("packet")}>
      <h3>{t("packet")}</h3>
      <dl>
        {facts.map(({ name, term, value, hover }) => (
          <div key={name} class={name}>
            <dt class="quiet">{term}</dt>
            <dd title={hover}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
