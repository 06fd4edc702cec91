/** The questions of a qualification: what is asked, what is right and why. */

import { Button } from "../../shared/components";
import { changed, freeId, newQuestion } from "./content";
import type { Question } from "./content";
import { PhraseList, Text } from "./fields";
import { t } from "./words";

export function QuestionEditor(props: {
  questions: readonly Question[];
  language: string;
  change(questions: readonly Question[]): void;
}) {
  const { questions, language, change } = props;
  const add = (kind: Question["kind"]): void =>
    change([...questions, newQuestion(freeId(questions), kind)]);
  return (
    <>
      {questions.map((question, index) => (
        <fieldset class="panel" key={question.id}>
          <legend>{t("questionNumber", { n: index + 1 })}</legend>
          <Text
            label={t("question")}
            words={question.text}
            language={language}
            change={(text) => change(changed(questions, index, { ...question, text }))}
          />
          {question.kind === "choice" ? (
            <Options
              question={question}
              language={language}
              change={(next) => change(changed(questions, index, next))}
            />
          ) : (
            <PhraseList
              label={t("accepted")}
              phrases={question.accepted ?? {}}
              language={language}
              change={(accepted) => change(changed(questions, index, { ...question, accepted }))}
            />
          )}
          <Text
            label={t("because")}
            words={question.because}
            language={language}
            change={(because) => change(changed(questions, index, { ...question, because }))}
          />
          {questions.length > 1 && (
            <Button onClick={() => change(changed(questions, index, null))}>
              {t("removeQuestion", { n: index + 1 })}
            </Button>
          )}
        </fieldset>
      ))}
      <div class="ways">
        <Button onClick={() => add("choice")}>{t("addChoice")}</Button>
        <Button onClick={() => add("text")}>{t("addText")}</Button>
      </div>
    </>
  );
}

function Options(props: { question: Question; language: string; change(question: Question): void }) {
  const { question, language, change } = props;
  const options = question.options ?? [];
  const right = question.right ?? [];
  const drop = (index: number): void =>
    change({
      ...question,
      options: changed(options, index, null),
      right: right.filter((each) => each !== index).map((each) => (each > index ? each - 1 : each)),
    });
  return (
    <>
      {options.map((option, index) => (
        <div class="option" key={index}>
          <Text
            label={t("option", { n: index + 1 })}
            words={option}
            language={language}
            change={(words) => change({ ...question, options: changed(options, index, words) })}
          />
          <label class="check">
            <input
              type="checkbox"
              checked={right.includes(index)}
              onChange={(event) =>
                change({
                  ...question,
                  right: event.currentTarget.checked
                    ? [...right, index]
                    : right.filter((each) => each !== index),
                })
              }
            />
            <span>{t("isRight")}</span>
          </label>
          {options.length > 2 && (
            <Button look="plain" aria-label={t("removeOption", { n: index + 1 })} onClick={() => drop(index)}>
              {t("remove")}
            </Button>
          )}
        </div>
      ))}
      {options.length < 8 && (
        <Button onClick={() => change({ ...question, options: [...options, {}] })}>
          {t("addOption")}
        </Button>
      )}
    </>
  );
}
