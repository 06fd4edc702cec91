/** My skills, how to qualify for more, and the training that is paid. */

import { useState } from "preact/hooks";

import { Button } from "../shared/components";
import { locale } from "../shared/i18n";
import { lengthWords } from "../shared/durations";
import { AttemptPage } from "./attempt";
import type { Attempt } from "./attempt";
import { ask, Shown, useFetched, wordsOf } from "./fetched";
import { date, languageName, said } from "./format";
import type { PageProps } from "./route";
import { t } from "./words";

interface Skill {
  readonly key: string;
  readonly name: Record<string, string>;
  readonly level: number | null;
  readonly open_attempt: string | null;
  readonly qualification: {
    readonly version: number;
    readonly level: number;
    readonly introduction: Record<string, string>;
    readonly questions: number;
    readonly turns: number;
    readonly paid_minutes_max: number;
    readonly tries_left: number;
  } | null;
}

interface PastAttempt {
  readonly id: string;
  readonly skill: string;
  readonly stage: "questions" | "practice" | "passed" | "failed" | "left";
  readonly started_at: string;
}

interface Training {
  readonly training: readonly { readonly skill: string; readonly evidence: string; readonly started_at: string; readonly seconds: number }[];
  readonly seconds: number;
}

export function SkillsPage({ rest }: PageProps) {
  const skills = useFetched<{ skills: readonly Skill[] }>("/api/agent/me/skills");
  if (rest[0] === "attempt" && rest[1]) return <AttemptPage id={rest[1]} />;
  return (
    <>
      <p>{t("skillsMeans")}</p>
      <Shown of={skills}>
        {(answer) =>
          answer.skills.length === 0 ? (
            <p class="empty quiet">{t("skillsEmpty")}</p>
          ) : (
            <>
              <ul class="plain-list cards">
                {answer.skills.filter(mine).map((skill) => (
                  <SkillCard key={skill.key} skill={skill} />
                ))}
              </ul>
              <Attempts names={Object.fromEntries(answer.skills.map((each) => [each.key, said(each.name)]))} />
            </>
          )
        }
      </Shown>
    </>
  );
}

/** What I have or can qualify for; a skill such as a lead's is neither. */
const mine = (skill: Skill): boolean => skill.level !== null || skill.qualification !== null;

function SkillCard({ skill }: { skill: Skill }) {
  const { qualification } = skill;
  return (
    <li class="card">
      <p class="card-head">
        <b>{said(skill.name)}</b>
        {skill.level !== null && (
          <span class="state accepted">{t("level", { level: skill.level })}</span>
        )}
      </p>
      {qualification && (skill.level === null || skill.level < qualification.level) ? (
        <Qualify skill={skill} />
      ) : (
        skill.qualification === null && <p class="quiet">{t("noQualification")}</p>
      )}
    </li>
  );
}

function Qualify({ skill }: { skill: Skill }) {
  const { qualification: what, open_attempt: open } = skill;
  const languages = Object.keys(what?.introduction ?? {});
  const own = locale.value.split("-")[0] ?? "en";
  const [language, setLanguage] = useState(languages.includes(own) ? own : "en");
  const [problem, setProblem] = useState("");
  if (!what) return null;
  async function start(): Promise<void> {
    setProblem("");
    try {
      const body = { skill: skill.key, language };
      const attempt = await ask<Attempt>("/api/agent/me/attempts", body);
      location.hash = `#/skills/attempt/${attempt.id}`;
    } catch (error) {
      setProblem(wordsOf(error));
    }
  }
  return (
    <>
      <p>{said(what.introduction)}</p>
      <p class="facts">
        <span>{t("questionCount", { n: what.questions })}</span>
        <span>{t("turnCount", { n: what.turns })}</span>
        <span>{t("paidUpTo", { minutes: what.paid_minutes_max })}</span>
        <span>{t("triesLeft", { n: what.tries_left })}</span>
      </p>
      {!open && languages.length > 1 && (
        <label class="language">
          <span>{t("inLanguage")}</span>
          <select value={language} onChange={(event) => setLanguage(event.currentTarget.value)}>
            {languages.map((tag) => (
              <option key={tag} value={tag}>
                {languageName(tag)}
              </option>
            ))}
          </select>
        </label>
      )}
      <p class="problem" role="alert">
        {problem}
      </p>
      <Button
        look="primary"
        disabled={!open && what.tries_left === 0}
        aria-label={`${t(open ? "goOn" : "begin")}: ${said(skill.name)}`}
        onClick={() => void start()}
      >
        {t(open ? "goOn" : "begin")}
      </Button>
    </>
  );
}

const results = {
  questions: "atQuestions",
  practice: "atPractice",
  passed: "passed",
  failed: "notPassed",
  left: "leftIt",
} as const;

function Attempts({ names }: { names: Record<string, string> }) {
  const attempts = useFetched<{ attempts: readonly PastAttempt[] }>("/api/agent/me/attempts");
  const training = useFetched<Training>("/api/agent/me/training");
  const seconds = (id: string): number =>
    training.value?.training.find((each) => each.evidence === `attempt:${id}`)?.seconds ?? 0;
  return (
    <section aria-labelledby="training-title">
      <h3 id="training-title">{t("training")}</h3>
      <p class="quiet">{t("trainingMeans")}</p>
      <Shown of={attempts}>
        {(answer) =>
          answer.attempts.length === 0 ? (
            <p class="empty quiet">{t("trainingEmpty")}</p>
          ) : (
            <ul class="plain-list rows">
              {answer.attempts.map((each) => (
                <li key={each.id}>
                  <a href={`#/skills/attempt/${each.id}`}>{names[each.skill] ?? each.skill}</a>
                  <span class={`state ${each.stage}`}>{t(results[each.stage])}</span>
                  <span class="quiet">{date(each.started_at)}</span>
                  <span>{t("paidTime", { time: lengthWords(seconds(each.id), locale.value) })}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}
