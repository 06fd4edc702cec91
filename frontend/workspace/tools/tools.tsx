/** The work tools of one conversation: what stands beside it, and what an agent can do about it. */

import { useEffect, useState } from "preact/hooks";

import { say } from "../../shared/account/strings";
import { Sheet } from "../../shared/account/sheet";
import { Button } from "../../shared/components";
import { language as chosen, locale } from "../../shared/i18n";
import { clockTime } from "../../shared/time";
import { asked, changed, lifted } from "../beside";
import type { Desk } from "../desk";
import { look } from "./beside";
import type { Beside, Line } from "./beside";
import { HandOver } from "./handover";
import { PacketCard } from "./packet";
import { Replies } from "./replies";
import { AskBlock, AskLead, Notes, Search, When } from "./sheets";
import { Slash } from "./slash";
import { Unmask } from "./unmask";
import { Suggestions, useCopilot } from "./suggestions";
import type { Copilot } from "./suggestions";
import { Translation } from "./translation";
import { t } from "./words";

export interface ToolsProps {
  desk: Desk;
  agentId: string;
  id: string;
  mine: boolean;
  language: string | undefined;
}

type Tool =
  | "toolReplies"
  | "toolSearch"
  | "toolNotes"
  | "toolHandOver"
  | "toolAsk"
  | "toolBlock"
  | "toolTranslate";

const inHand: readonly Tool[] = [
  "toolReplies",
  "toolSearch",
  "toolNotes",
  "toolAsk",
  "toolHandOver",
  "toolBlock",
];

export function Tools({ desk, agentId, id, mine, language }: ToolsProps) {
  const [beside, again] = useBeside(desk, id);
  const [tool, setTool] = useState<Tool | null>(null);
  const copilot = useCopilot(desk, id, mine);
  const spoken = language || chosen.value;
  const tell = (words: string): void => desk.tell(words);
  const close = (): void => setTool(null);
  if (!beside) return <section class="tools" aria-label={t("tools")} aria-busy="true" />;
  const props = { conversation: id, language: spoken, beside, again, close };
  return (
    <section class="tools" aria-label={t("tools")}>
      <div class="tool-bar">
        {toolsFor(mine, copilot).map((each) => (
          <Button key={each} aria-haspopup="dialog" onClick={() => setTool(each)}>
            {t(each)}
            <Count of={each} beside={beside} />
          </Button>
        ))}
      </div>
      <Muted beside={beside} />
      <Passed beside={beside} agentId={agentId} />
      {beside.packet && <PacketCard packet={beside.packet} />}
      <Summary lines={beside.summary} />
      <Facts beside={beside} />
      {copilot && <Suggestions conversation={id} copilot={copilot} tell={tell} />}
      {mine && <Slash conversation={id} language={spoken} tell={tell} />}
      {mine && asked.value && <Unmask conversation={id} mask={asked.value} />}
      {tool && (
        <Sheet title={t(tool)} closeLabel={say("close")} close={close}>
          {tool === "toolReplies" && <Replies {...props} tell={tell} />}
          {tool === "toolSearch" && <Search {...props} />}
          {tool === "toolNotes" && <Notes {...props} />}
          {tool === "toolAsk" && <AskLead {...props} />}
          {tool === "toolHandOver" && <HandOver {...props} />}
          {tool === "toolTranslate" && <Translation desk={desk} conversation={id} language={spoken} />}
          {tool === "toolBlock" && <AskBlock {...props} />}
        </Sheet>
      )}
    </section>
  );
}

function toolsFor(mine: boolean, copilot: Copilot | null): readonly Tool[] {
  if (!mine) return ["toolNotes"];
  return copilot?.model ? [...inHand, "toolTranslate"] : inHand;
}

/** What stands beside it, looked at again when the desk says so or the connection is back. */
function useBeside(desk: Desk, id: string): [Beside | null, () => void] {
  const [beside, setBeside] = useState<Beside | null>(null);
  const [round, setRound] = useState(0);
  const live = desk.connection.value === "live";
  const news = changed.value;
  useEffect(() => {
    let here = true;
    look(id).then(
      (found) => here && setBeside(found),
      // Not in hand any more, or no connection: what is known stays, and the page says why.
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [id, round, live, news]);
  useEffect(
    () => () => {
      asked.value = null;
      lifted.value = new Map();
    },
    [id],
  );
  return [beside, () => setRound((count) => count + 1)];
}

function Count({ of, beside }: { of: Tool; beside: Beside }) {
  if (of === "toolNotes" && beside.notes.length > 0) {
    return <span class="badge">{beside.notes.length}</span>;
  }
  if (of === "toolAsk" && beside.questions.at(-1)?.answer) {
    return <span class="badge">{t("toolAnswered")}</span>;
  }
  return null;
}

function Muted({ beside: { block } }: { beside: Beside }) {
  if (!block) return <div role="status" />;
  const name = block.lead ?? "";
  const why = block.why ?? "";
  const words = {
    confirmed: () => t("toolConfirmed", { name, why }),
    lifted: () => t("toolLifted", { name, why }),
    lapsed: () => t("toolLapsed"),
    open: () => t("toolMuted", { time: clockTime(block.due_at, locale.value) }),
  }[block.decision ?? "open"];
  return (
    <div role="status">
      <p class="card tool-card tool-muted">{words()}</p>
    </div>
  );
}

/** What the colleague before wanted the next one to know. */
function Passed({ beside, agentId }: { beside: Beside; agentId: string }) {
  const last = beside.handovers[0];
  if (!last || last.by === agentId) return null;
  return (
    <div class="card tool-card">
      <p class="quiet small">
        {t("toolNoteFrom", { name: last.name ?? "" })} · <When at={last.at} />
      </p>
      <p class="tool-words">{last.note || t("toolNoteNone")}</p>
    </div>
  );
}

function Summary({ lines }: { lines: readonly Line[] }) {
  const roomy = matchMedia("(min-width: 1280px)").matches;
  const [open] = useState(roomy || lines.length > 0);
  return (
    <details class="summary" open={open}>
      <summary>{t("toolSummary")}</summary>
      {lines.length === 0 ? (
        <p class="quiet">{t("toolSummaryEmpty")}</p>
      ) : (
        <dl>
          {lines.map((line, index) => (
            <div key={index}>
              <dt class={lines[index - 1]?.part === line.part ? "unseen" : "quiet small"}>
                {t(`tool_${line.part}`)}
              </dt>
              <dd>
                <a href={`#m${line.version}`} title={t("toolGo")} onClick={(event) => go(event, line)}>
                  {line.text}
                </a>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </details>
  );
}

/** To the message, without changing the address: that names the conversation on screen. */
function go(event: Event, line: Line): void {
  event.preventDefault();
  const message = document.getElementById(`m${line.version}`);
  message?.scrollIntoView({ block: "center" });
  message?.focus({ preventScroll: true });
}

function Facts({ beside: { customer } }: { beside: Beside }) {
  return (
    <div class="tool-facts">
      <p class="quiet small">{t(customer.signed_in ? "toolSignedIn" : "toolGuest")}</p>
      {customer.entitlements.length > 0 && (
        <>
          <h3 class="quiet small">{t("toolEntitled")}</h3>
          <ul class="plain-list">
            {customer.entitlements.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
