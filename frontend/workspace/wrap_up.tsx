/** The two ways out of a conversation: finishing it, or giving it back to the queue. */

import { useRef, useState } from "preact/hooks";

import { say } from "../shared/account/strings";
import { Sheet } from "../shared/account/sheet";
import { Button } from "../shared/components";
import type { ResolutionReason } from "../shared/frames";
import type { Desk } from "./desk";
import { t } from "./words";

interface WrapUpProps {
  desk: Desk;
  conversation: string;
  close(): void;
}

const reasons: readonly ResolutionReason[] = [
  "solved",
  "not_solvable",
  "customer_left",
  "duplicate",
  "other",
];
const noteLimit = 2000;

export function FinishSheet({ desk, conversation, close }: WrapUpProps) {
  const [reason, setReason] = useState<ResolutionReason | null>(null);
  const [note, setNote] = useState("");
  const [asked, setAsked] = useState(false);
  const working = desk.out.stepUnderWay(conversation) !== null;

  function finish(event: Event): void {
    event.preventDefault();
    setAsked(true);
    if (reason) desk.finish(conversation, reason, note.trim());
    else document.querySelector<HTMLInputElement>("input[name=reason]")?.focus();
  }

  return (
    <Sheet title={t("finishTitle")} closeLabel={say("close")} close={close}>
      <form class="wrap-up" onSubmit={finish} noValidate>
        <fieldset aria-describedby="reason-problem">
          <legend>{t("reason")}</legend>
          {reasons.map((each) => (
            <label key={each} class="choice">
              <input
                type="radio"
                name="reason"
                required
                checked={reason === each}
                onChange={() => setReason(each)}
              />
              <span>{t(each)}</span>
            </label>
          ))}
        </fieldset>
        <p id="reason-problem" class="problem" role="alert">
          {asked && !reason ? t("reasonNeeded") : ""}
        </p>
        <label for="note">{t("note")}</label>
        <textarea
          id="note"
          rows={3}
          maxLength={noteLimit}
          aria-describedby="note-hint"
          placeholder={t("notePlace")}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
        <p id="note-hint" class="quiet small">
          {t("noteHint")}
        </p>
        <Buttons desk={desk} close={close} working={working} words={t("finishDo")} />
      </form>
    </Sheet>
  );
}

export function GiveBackSheet({ desk, conversation, close }: WrapUpProps) {
  const working = desk.out.stepUnderWay(conversation) !== null;
  return (
    <Sheet title={t("giveBackTitle")} closeLabel={say("close")} close={close}>
      <form
        class="wrap-up"
        onSubmit={(event) => {
          event.preventDefault();
          desk.giveBack(conversation);
        }}
      >
        <p>{t("giveBackMeans")}</p>
        <Buttons desk={desk} close={close} working={working} words={t("giveBackDo")} />
      </form>
    </Sheet>
  );
}

function Buttons(props: { desk: Desk; close(): void; working: boolean; words: string }) {
  const notice = props.desk.notice.value;
  const atOpening = useRef(notice.count);
  return (
    <>
      <p class="problem" role="alert">
        {/* The page's own notices lie under an open dialog: a refusal has to show in here. */}
        {notice.count === atOpening.current ? "" : notice.words}
      </p>
      <div class="sheet-buttons">
        <Button onClick={props.close}>{t("cancel")}</Button>
        <Button submit look="primary" aria-disabled={props.working}>
          {props.working ? t("working") : props.words}
        </Button>
      </div>
    </>
  );
}
