/** Before going online: what is promised and why, and the agent's own choices. One tap then. */

import { useEffect, useRef, useState } from "preact/hooks";

import { Sheet } from "../../shared/account/sheet";
import { Button } from "../../shared/components";
import type { Choices, GoingOnline as Outlook } from "../../shared/frames";
import { locale } from "../../shared/i18n";
import { languageName } from "../../shared/told/told";
import type { Desk } from "../desk";
import { beginWith, slotChoices, toggled, withSkill } from "./choices";
import { money } from "./money";
import { Needed } from "./needed";
import { Notifying } from "./notifying";
import { Refusal } from "./refusal";
import { say } from "./say";

interface GoingOnlineProps {
  desk: Desk;
  question: "online" | "choices";
}

export function GoingOnline({ desk, question }: GoingOnlineProps) {
  const { session } = desk;
  const close = (): void => void (session.question.value = null);
  const outlook = session.outlook.value;
  // What is shown before the tap has to be of now, not of when the page was opened.
  const [fresh, setFresh] = useState(question === "choices");
  const look = (): void => void session.look().then(() => setFresh(true));
  useEffect(look, []);
  return (
    <Sheet
      title={say(question === "online" ? "goTitle" : "choicesTitle")}
      closeLabel={say("overClose")}
      close={close}
    >
      {fresh && outlook ? (
        <Form desk={desk} question={question} outlook={outlook} />
      ) : fresh ? (
        <>
          <p role="alert">{say("goFailed")}</p>
          <Button look="primary" onClick={look}>
            {say("goAgain")}
          </Button>
        </>
      ) : (
        <p class="quiet" role="status">
          {say("goLooking")}
        </p>
      )}
    </Sheet>
  );
}

function Form({ desk, question, outlook }: GoingOnlineProps & { outlook: Outlook }) {
  const { session } = desk;
  const now = question === "choices" ? (session.told.value?.choices ?? null) : null;
  const [choices, setChoices] = useState(() => beginWith(outlook, now));
  const change = (some: Partial<Choices>): void => setChoices({ ...choices, ...some });
  const waiting = session.pending.value !== null || desk.connection.value !== "live";
  const nothing = choices.languages.length === 0;
  const asked = useRef(outlook.languages.join());
  useEffect(() => {
    const wanted = choices.languages.join();
    if (question === "online" && wanted !== asked.current) session.choosing(choices.languages);
    asked.current = wanted;
  }, [choices.languages]);

  function submit(event: Event): void {
    event.preventDefault();
    if (waiting || nothing) return;
    if (question === "online") session.goOnline(choices);
    else session.choose(choices);
  }

  return (
    <form class="choices" onSubmit={submit}>
      <div class="choices-body">
        {question === "online" && <Promised desk={desk} outlook={outlook} />}
        {question === "online" && <Needed hours={outlook.hours} />}
        <Chips
          title={say("goLanguages")}
          options={outlook.languages.map((key) => ({ key, name: languageName(key) }))}
          chosen={choices.languages}
          toggle={(key) => change({ languages: toggled(choices.languages, key) })}
        />
        <p class="problem" role="alert">
          {nothing ? say("goNoLanguage") : ""}
        </p>
        {outlook.skills.length > 0 ? (
          <Chips
            title={say("goSkills")}
            options={outlook.skills}
            chosen={Object.keys(choices.skills)}
            toggle={(key) =>
              setChoices(withSkill(choices, key, outlook.skills.find((each) => each.key === key)?.level ?? 1))
            }
          />
        ) : (
          <p class="quiet small">{say("goNoSkills")}</p>
        )}
        <Slots slots={choices.slots} choose={(slots) => change({ slots })} />
        <QuietRules outlook={outlook} choices={choices} change={change} />
        {question === "online" && (
          <details>
            <summary>{say("notifyTitle")}</summary>
            <Notifying />
          </details>
        )}
        <Refusal desk={desk} />
      </div>
      <div class="choices-do">
        <Button submit look="primary" class="wide" aria-disabled={waiting || nothing}>
          {say(waiting ? "goLooking" : question === "online" ? "goDo" : "choicesDo")}
        </Button>
      </div>
    </form>
  );
}

const reasons = {
  needed: "capNeeded",
  enough: "capEnough",
  beginning: "capBeginning",
  no_need: "capNoNeed",
} as const;

/** Guaranteed or standby, why, and what that pays. */
function Promised({ desk, outlook }: { desk: Desk; outlook: Outlook }) {
  const pay = money(outlook.floor_minor_per_hour, outlook.currency, locale.value);
  const reason = reasons[(outlook.code ?? "") as keyof typeof reasons];
  const sure = outlook.capacity === "guaranteed";
  return (
    <section class={sure ? "promise sure" : "promise"} aria-live="polite">
      {desk.session.changed.value && <p class="promise-changed">{say("capChanged")}</p>}
      <h3>{say(sure ? "capGuaranteed" : "capStandby")}</h3>
      <p>{sure ? say("capGuaranteedMeans", { pay }) : say("capStandbyMeans", { pay })}</p>
      <p class="small">{reason ? say(reason, outlook.facts) : outlook.because}</p>
    </section>
  );
}

interface ChipsProps {
  title: string;
  options: readonly { key: string; name: string; level?: number }[];
  chosen: readonly string[];
  toggle(key: string): void;
}

function Chips({ title, options, chosen, toggle }: ChipsProps) {
  return (
    <fieldset>
      <legend>{title}</legend>
      <div class="chips">
        {options.map(({ key, name, level }) => (
          <label key={key} class="chip">
            <input type="checkbox" checked={chosen.includes(key)} onChange={() => toggle(key)} />
            <span>
              {name}
              {level !== undefined && <small> {say("goLevel", { level })}</small>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Slots({ slots, choose }: { slots: number; choose(slots: number): void }) {
  return (
    <fieldset aria-describedby="slots-hint">
      <legend>{say("goSlots")}</legend>
      <div class="chips slots">
        {slotChoices.map((each) => (
          <label key={each} class="chip">
            <input type="radio" name="slots" checked={slots === each} onChange={() => choose(each)} />
            <span>{each}</span>
          </label>
        ))}
      </div>
      <p id="slots-hint" class="quiet small">
        {say("goSlotsHint")}
      </p>
    </fieldset>
  );
}

function QuietRules(props: {
  outlook: Outlook;
  choices: Choices;
  change(some: Partial<Choices>): void;
}) {
  const { outlook, choices, change } = props;
  const rules = choices.quiet_topics.length + Number(choices.no_third_chat);
  return (
    <details open={rules > 0}>
      <summary>{say("quietTitle")}</summary>
      <p class="quiet small">{say("quietHint")}</p>
      {outlook.topics.length > 0 && (
        <Chips
          title={say("quietTopics")}
          options={outlook.topics}
          chosen={choices.quiet_topics}
          toggle={(key) => change({ quiet_topics: toggled(choices.quiet_topics, key) })}
        />
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={choices.no_third_chat}
          onChange={(event) => change({ no_third_chat: event.currentTarget.checked })}
        />
        <span>{say("quietThird")}</span>
      </label>
    </details>
  );
}
