/** The application: a name, an address, languages. Nothing is asked that could be held against you. */

import { useState } from "preact/hooks";

import { Button } from "../shared/components";
import { locale } from "../shared/i18n";
import { ask, problemWords } from "./desk";
import type { Skill } from "./desk";
import { countryNames, languageNames } from "./names";
import { t } from "./words";

export interface ApplyFormProps {
  company: string;
  skills: readonly Skill[];
  taken(token: string): void;
}

export function ApplyForm({ company, skills, taken }: ApplyFormProps) {
  const own = locale.value.split("-")[0] ?? "en";
  const [languages, setLanguages] = useState<readonly string[]>([own]);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(data.get(name) ?? "").trim();
    if (languages.length === 0) return setProblem(t("needLanguage"));
    setBusy(true);
    setProblem("");
    try {
      const body = {
        name: text("name"),
        email: text("email"),
        languages,
        skills: chosen,
        motivation: text("motivation"),
        country: text("country"),
        consent: "apply-1",
      };
      taken((await ask<{ token: string }>("", { body })).token);
    } catch (error) {
      setProblem(problemWords(error));
      setBusy(false);
    }
  }

  return (
    <>
      <h1>{t("title", { company })}</h1>
      <p>{t("intro")}</p>
      <p class="quiet">{t("everyone")}</p>
      <form class="fields" onSubmit={(event) => void send(event)}>
        <label for="name">{t("name")}</label>
        <input id="name" name="name" autocomplete="given-name" required maxLength={80} />
        <label for="email">{t("email")}</label>
        <input id="email" name="email" type="email" autocomplete="email" required maxLength={254} />
        <Languages chosen={languages} change={setLanguages} />
        <Skills skills={skills} chosen={chosen} change={setChosen} />
        <label for="country">{t("country")}</label>
        <select id="country" name="country" required autocomplete="country">
          <option value="">{t("chooseCountry")}</option>
          {countryNames(locale.value).map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
        <p class="hint quiet">{t("countryWhy")}</p>
        <label for="motivation">{t("motivation")}</label>
        <textarea id="motivation" name="motivation" rows={3} maxLength={1000} />
        <label class="check">
          <input type="checkbox" required />
          <span>{t("consent", { company })}</span>
        </label>
        <p class="problem" role="alert">
          {problem}
        </p>
        <Button submit look="primary" class="wide" disabled={busy}>
          {t(busy ? "sending" : "send")}
        </Button>
      </form>
    </>
  );
}

function Languages(props: { chosen: readonly string[]; change(to: readonly string[]): void }) {
  const { chosen, change } = props;
  const names = languageNames(locale.value);
  const left = names.filter(([code]) => !chosen.includes(code));
  return (
    <div class="picked">
      <label for="language-more">{t("languages")}</label>
      {chosen.length > 0 && (
        <ul class="plain-list chips">
          {chosen.map((code) => {
            const name = names.find(([each]) => each === code)?.[1] ?? code;
            return (
              <li key={code}>
                <Button
                  look="soft"
                  aria-label={t("removeLanguage", { name })}
                  onClick={() => change(chosen.filter((each) => each !== code))}
                >
                  {name} <span aria-hidden="true">×</span>
                </Button>
              </li>
            );
          })}
        </ul>
      )}
      <select
        id="language-more"
        value=""
        disabled={chosen.length >= 20}
        onChange={(event) => {
          const code = event.currentTarget.value;
          if (code) change([...chosen, code]);
          event.currentTarget.value = "";
        }}
      >
        <option value="">{t("addLanguage")}</option>
        {left.map(([code, name]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function Skills(props: {
  skills: readonly Skill[];
  chosen: readonly string[];
  change(to: readonly string[]): void;
}) {
  const { skills, chosen, change } = props;
  const tag = locale.value.split("-")[0] ?? "en";
  if (skills.length === 0) return null;
  return (
    <fieldset>
      <legend>{t("skills")}</legend>
      <p class="hint quiet">{t("skillsWhy")}</p>
      {skills.map(({ key, name }) => (
        <label class="check" key={key}>
          <input
            type="checkbox"
            checked={chosen.includes(key)}
            onChange={(event) =>
              change(
                event.currentTarget.checked
                  ? [...chosen, key]
                  : chosen.filter((each) => each !== key),
              )
            }
          />
          <span>{name[tag] ?? name["en"] ?? key}</span>
        </label>
      ))}
    </fieldset>
  );
}
