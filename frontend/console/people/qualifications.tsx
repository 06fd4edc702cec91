/** What qualifies for each skill, and the editor of one, in versions. */

import { useEffect, useState } from "preact/hooks";

import { Button } from "../../shared/components";
import { languages } from "../../shared/i18n";
import { date, languageName, said, useAsked, wordsOf } from "./asked";
import type { Ask } from "./asked";
import { empty } from "./content";
import type { Content } from "./content";
import { QuestionEditor } from "./question_editor";
import { Number0, Text } from "./fields";
import { TurnEditor } from "./turn_editor";
import { t } from "./words";

interface Overview {
  readonly key: string;
  readonly name: Record<string, string>;
  readonly version: number | null;
  readonly at: string | null;
  readonly note: string | null;
}

interface Version {
  readonly version: number;
  readonly content: Content;
  readonly at: string;
  readonly by: string;
  readonly note: string;
}

export function Qualifications({ ask }: { ask: Ask }) {
  const list = useAsked<{ skills: readonly Overview[] }>(ask, "/qualifications");
  if (!list.value) return <p class="quiet">{list.problem || t("loading")}</p>;
  const { skills } = list.value;
  if (skills.length === 0) return <p class="empty quiet">{t("skillsEmpty")}</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("skill")}</th>
          <th scope="col">{t("version")}</th>
          <th scope="col" class="roomy">{t("note")}</th>
        </tr>
      </thead>
      <tbody>
        {skills.map((each) => (
          <tr key={each.key}>
            <th scope="row">
              <a class="row-link" href={`#/people/qualifications/${each.key}`}>
                {said(each.name)}
              </a>
            </th>
            <td>
              {each.version ? `${each.version}, ${date(each.at ?? "")}` : t("noVersion")}
            </td>
            <td class="roomy quiet">{each.note}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Qualification({ skill, ask }: { skill: string; ask: Ask }) {
  const path = `/qualifications/${encodeURIComponent(skill)}`;
  const list = useAsked<{ versions: readonly Version[] }>(ask, path);
  if (!list.value) return <p class="quiet">{list.problem || t("loading")}</p>;
  const newest = list.value.versions[0];
  return (
    <>
      <p>
        <a href="#/people/qualifications">{t("backToSkills")}</a>
      </p>
      <h3>{skill}</h3>
      <Editor
        key={newest?.version ?? 0}
        content={newest?.content ?? empty()}
        based={newest?.version ?? 0}
        save={async (body) => {
          await ask(path, body);
          list.again();
        }}
      />
      <section class="panel">
        <h3>{t("versions")}</h3>
        <ul class="plain-list">
          {list.value.versions.map((each) => (
            <li key={each.version}>
              {each.version}, {date(each.at)}, {each.by.replace("lead:", "")}: {each.note}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

interface Body {
  readonly based_on: number;
  readonly note: string;
  readonly content: Content;
}

function Editor(props: { content: Content; based: number; save(body: Body): Promise<void> }) {
  const [content, setContent] = useState(props.content);
  const [language, setLanguage] = useState<string>("en");
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState("");
  const [told, setTold] = useState("");
  useEffect(() => setContent(props.content), [props.content]);
  const put = (part: Partial<Content>): void => setContent((known) => ({ ...known, ...part }));
  async function save(event: Event): Promise<void> {
    event.preventDefault();
    setProblem("");
    setTold("");
    try {
      await props.save({ based_on: props.based, note, content });
      setTold(t("saved"));
    } catch (error) {
      setProblem(wordsOf(error));
    }
  }
  return (
    <form class="editor" onSubmit={(event) => void save(event)}>
      <label class="filter">
        <span>{t("editLanguage")}</span>
        <select value={language} onChange={(event) => setLanguage(event.currentTarget.value)}>
          {languages.map((tag) => (
            <option key={tag} value={tag}>
              {languageName(tag)}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="panel">
        <legend>{t("frame")}</legend>
        <div class="numbers">
          <Number0 label={t("level")} min={1} max={3} value={content.level} change={(level) => put({ level })} />
          <Number0 label={t("paidMinutes")} min={1} max={240} value={content.paid_minutes_max} change={(value) => put({ paid_minutes_max: value })} />
          <Number0 label={t("enoughQuestions")} min={1} max={100} value={content.questions_percent} change={(value) => put({ questions_percent: value })} />
          <Number0 label={t("enoughPractice")} min={1} max={100} value={content.practice_percent} change={(value) => put({ practice_percent: value })} />
        </div>
        <Text label={t("introduction")} words={content.introduction} language={language} change={(introduction) => put({ introduction })} />
      </fieldset>
      <QuestionEditor questions={content.questions} language={language} change={(questions) => put({ questions })} />
      <fieldset class="panel">
        <legend>{t("practice")}</legend>
        <label>
          {t("customerName")}
          <input required maxLength={80} value={content.customer} onInput={(event) => put({ customer: event.currentTarget.value })} />
        </label>
        <Text label={t("scene")} words={content.scene} language={language} change={(scene) => put({ scene })} />
      </fieldset>
      <TurnEditor turns={content.turns} language={language} change={(turns) => put({ turns })} />
      <label>
        {t("noteLabel")}
        <input required maxLength={2000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      <p class="problem" role="alert">
        {problem}
      </p>
      <p role="status">{told}</p>
      <Button submit look="primary">
        {t("saveVersion", { version: props.based + 1 })}
      </Button>
    </form>
  );
}
