/** The dispatch policy: each setting in words, what it would have changed, and who chose it. */

import { useEffect, useState } from "preact/hooks";

import { api, Problem } from "../../shared/account/api";
import { Button } from "../../shared/components";
import { locale } from "../../shared/i18n";
import { fullTime } from "../../shared/time";
import type { Failed } from "./asked";
import { Odds, Steps } from "./lists";
import { History } from "./policy_history";
import { PreviewView } from "./preview";
import { fromField, groups, toField } from "./told";
import type { Checked, Content, PolicyNow, Setting, Value } from "./told";
import { t } from "./words";
import type { Words } from "./words/en";

const checkAfterMilliseconds = 350;
type Problems = Readonly<Record<string, string>>;

export function PolicyPage({ failed }: { failed: Failed }) {
  const [now, setNow] = useState<PolicyNow | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let here = true;
    api<PolicyNow>("/api/console/policy").then((told) => here && setNow(told), failed);
    return () => {
      here = false;
    };
  }, [round]);
  if (!now) return <p class="quiet">{t("dispatchLoading")}</p>;
  return (
    <>
      <p class="quiet">
        {t("polChosen", {
          name: now.chosen?.name ?? t("polDesk"),
          when: now.chosen ? fullTime(now.chosen.at, locale.value) : "",
        })}{" "}
        <code>{now.id}</code>
      </p>
      <PolicyForm key={now.id} now={now} failed={failed} chosen={() => setRound(round + 1)} />
      <History key={`history ${now.id}`} failed={failed} />
    </>
  );
}

function PolicyForm(props: { now: PolicyNow; failed: Failed; chosen(): void }) {
  const { now, failed, chosen } = props;
  const [draft, setDraft] = useState<Content>(now.content);
  const [unread, setUnread] = useState<Readonly<Record<string, string>>>({});
  const [reason, setReason] = useState("");
  const [said, setSaid] = useState("");
  const checked = useChecked(draft, failed);
  const changed = JSON.stringify(draft) !== JSON.stringify(now.content);
  const problems = problemsOf(checked, unread);
  const set = (name: string, text: string, value: Value | null): void => {
    setSaid("");
    setUnread(({ [name]: _, ...rest }) => (value === null ? { ...rest, [name]: text } : rest));
    if (value !== null) setDraft((known) => ({ ...known, [name]: value }));
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      const body = { content: draft, reason, replaces: now.id };
      await api("/api/console/policy", { method: "PUT", body });
      chosen();
    } catch (error) {
      if (failed(error) === "stop") return;
      setSaid(error instanceof Problem && error.message ? error.message : t("polNotSaved"));
    }
  };
  const ready = changed && Object.keys(problems).length === 0 && checked?.id;
  return (
    <form class="policy" onSubmit={(event) => void submit(event)}>
      {groups.map((group) => (
        <fieldset class="panel" key={group.title}>
          <legend>{t(group.title as keyof Words)}</legend>
          {group.settings.map((each) => (
            <NumberSetting
              key={each.name}
              setting={each}
              value={unread[each.name] ?? toField(draft[each.name], each.unit)}
              usual={toField(now.usual[each.name], each.unit)}
              problem={problems[each.name]}
              changed={valueOf(draft, each.name) !== valueOf(now.content, each.name)}
              set={(text) => set(each.name, text, fromField(text, each.unit))}
            />
          ))}
          {group.title === "polOffers" && (
            <Steps
              value={draft["skill_steps"]}
              problem={problems["skill_steps"]}
              set={(value) => set("skill_steps", "", value)}
            />
          )}
          {group.title === "polPoints" && (
            <Odds
              value={draft["acceptance_by_load"]}
              problem={problems["acceptance_by_load"]}
              set={(value) => set("acceptance_by_load", "", value)}
            />
          )}
        </fieldset>
      ))}
      <Choose
        changed={changed}
        problems={problems}
        checked={checked}
        reason={reason}
        write={setReason}
        said={said}
        ready={Boolean(ready)}
        undo={() => (setDraft(now.content), setUnread({}))}
      />
    </form>
  );
}

/** What follows from the draft, and the way to put it in force. */
function Choose(props: {
  changed: boolean;
  problems: Problems;
  checked: Checked | null;
  reason: string;
  write(reason: string): void;
  said: string;
  ready: boolean;
  undo(): void;
}) {
  const { changed, problems, checked, reason, write, said, ready, undo } = props;
  const whole = Object.keys(problems).length === 0;
  return (
    <section class={changed ? "panel choose changed" : "panel choose"} aria-labelledby="choose-title">
      <h3 id="choose-title">{t("polChoose")}</h3>
      <div role="status">
        {!changed && whole && <p class="quiet">{t("polUnchanged")}</p>}
        {problems[""] && <p class="problem" lang="en">{problems[""]}</p>}
        {!whole && <p class="problem">{t("polMend")}</p>}
        {changed && checked?.preview && <PreviewView preview={checked.preview} />}
      </div>
      {changed && (
        <>
          <label>
            {t("polReason")}
            <textarea
              rows={2}
              required
              maxLength={500}
              value={reason}
              onInput={(event) => write(event.currentTarget.value)}
            />
          </label>
          {said && <p class="problem" role="alert">{said}</p>}
          <div class="choices">
            <Button look="primary" submit disabled={!ready || !reason.trim()}>
              {t("polSave")}
            </Button>
            <Button onClick={undo}>{t("polUndo")}</Button>
          </div>
        </>
      )}
    </section>
  );
}

function NumberSetting(props: {
  setting: Setting;
  value: string;
  usual: string;
  problem: string | undefined;
  changed: boolean;
  set(text: string): void;
}) {
  const { setting, value, usual, problem, changed, set } = props;
  const { name, unit, least, most } = setting;
  const hint = `${name}-hint`;
  return (
    <div class={changed ? "setting changed" : "setting"}>
      <label for={name}>{t(`set_${name}` as keyof Words)}</label>
      <span class="setting-field">
        <input
          id={name}
          inputMode="decimal"
          value={value}
          aria-describedby={problem ? `${hint} ${name}-problem` : hint}
          aria-invalid={problem ? "true" : undefined}
          onInput={(event) => set(event.currentTarget.value)}
        />
        <span class="quiet">{unit === "number" ? "" : t(unitNames[unit])}</span>
      </span>
      <p class="quiet small" id={hint}>
        {t(`why_${name}` as keyof Words)} {t("polBounds", { least, most, usual })}
      </p>
      {problem && (
        <p class="problem" id={`${name}-problem`} lang="en">
          {problem}
        </p>
      )}
    </div>
  );
}

const unitNames = { seconds: "unitSeconds", points: "unitPoints", percent: "unitPercent" } as const;

const valueOf = (content: Content, name: string): string => JSON.stringify(content[name]);

function problemsOf(checked: Checked | null, unread: Readonly<Record<string, string>>): Problems {
  const found: Record<string, string> = {};
  for (const { setting, sentence } of checked?.problems ?? []) {
    found[setting] = found[setting] ? `${found[setting]} ${sentence}` : sentence;
  }
  for (const name of Object.keys(unread)) found[name] = t("polNumber");
  return found;
}

/** Asks the desk about the draft, a moment after the last key. */
function useChecked(draft: Content, failed: Failed): Checked | null {
  const [checked, setChecked] = useState<{ of: Content; told: Checked } | null>(null);
  useEffect(() => {
    let here = true;
    const timer = setTimeout(() => {
      api<Checked>("/api/console/policy/check", { method: "POST", body: { content: draft } }).then(
        (told) => here && setChecked({ of: draft, told }),
        (error) => here && void failed(error),
      );
    }, checkAfterMilliseconds);
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [draft]);
  return checked?.of === draft ? checked.told : null;
}
