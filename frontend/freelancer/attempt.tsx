/** One qualification: the questions, then a practice conversation, each with its marks. */

import { useState } from "preact/hooks";

import { Bubble, Button, LiveRegion } from "../shared/components";
import { ask, Shown, useFetched, wordsOf } from "./fetched";
import { AskReview } from "./review";
import { t } from "./words";

interface Question {
  readonly id: string;
  readonly text: string;
  readonly options: readonly string[];
  readonly several: boolean;
  readonly given: readonly number[] | string | null;
  readonly mark: { readonly right: boolean; readonly because: string } | null;
}

interface RuleMark {
  readonly kind: string;
  readonly kept: boolean;
  readonly needed: boolean;
  readonly explain: string;
}

interface Turn {
  readonly says: string;
  readonly reply_within: number | null;
  readonly reply: string | null;
  readonly seconds: number | null;
  readonly marks: readonly RuleMark[];
}

export interface Attempt {
  readonly id: string;
  readonly language: string;
  readonly stage: "questions" | "practice" | "passed" | "failed" | "left";
  readonly introduction: string;
  readonly questions: readonly Question[];
  readonly questions_percent: number;
  readonly customer: string;
  readonly scene: string;
  readonly turns: readonly Turn[];
  readonly turns_in_all: number;
  readonly practice_percent: number;
}

type Answers = Record<string, string | number[]>;

export function AttemptPage({ id }: { id: string }) {
  const path = `/api/agent/me/attempts/${encodeURIComponent(id)}`;
  const attempt = useFetched<Attempt>(path);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState("");
  async function step(name: string, body: unknown): Promise<boolean> {
    setProblem("");
    try {
      const after = await ask<Attempt>(`${path}/${name}`, body);
      attempt.set(after);
      setSaid(t(stageWords[after.stage]));
      return true;
    } catch (error) {
      setProblem(wordsOf(error));
      return false;
    }
  }
  return (
    <div class="attempt">
      <p>
        <a href="#/skills">{t("backToSkills")}</a>
      </p>
      <LiveRegion text={said} />
      <Shown of={attempt}>
        {(value) => (
          <div class="stack" lang={value.language}>
            <Result attempt={value} />
            {value.stage === "questions" && (
              <Questions attempt={value} send={(answers) => step("answers", { answers })} />
            )}
            {value.turns.length > 0 && (
              <Practice attempt={value} send={(turn, text) => step("replies", { turn, text })} />
            )}
            {value.questions.some((each) => each.mark) && <Marked questions={value.questions} />}
            {(value.stage === "questions" || value.stage === "practice") && (
              <Button look="plain" onClick={() => void step("leave", {})}>
                {t("leave")}
              </Button>
            )}
          </div>
        )}
      </Shown>
      <p class="problem" role="alert">
        {problem}
      </p>
    </div>
  );
}

const stageWords = {
  questions: "atQuestions",
  practice: "practiceBegins",
  passed: "passedMeans",
  failed: "failedMeans",
  left: "leftMeans",
} as const;

function Result({ attempt }: { attempt: Attempt }) {
  const { stage } = attempt;
  if (stage === "questions") return <p>{attempt.introduction}</p>;
  if (stage === "practice") return null;
  return (
    <section class={`card result ${stage}`}>
      <h3>{t(stage === "passed" ? "passed" : stage === "failed" ? "notPassed" : "leftIt")}</h3>
      <p>{t(stageWords[stage])}</p>
      {stage === "failed" && <AskReview about="qualification" id={attempt.id} />}
    </section>
  );
}

function Questions(props: { attempt: Attempt; send(answers: Answers): Promise<boolean> }) {
  const { attempt, send } = props;
  const [answers, setAnswers] = useState<Answers>({});
  const [busy, setBusy] = useState(false);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        setBusy(true);
        void send(answers).then(() => setBusy(false));
      }}
    >
      <p class="quiet">{t("enoughRight", { percent: attempt.questions_percent })}</p>
      {attempt.questions.map((question) => (
        <OneQuestion
          key={question.id}
          question={question}
          answer={answers[question.id]}
          change={(answer) => setAnswers((known) => ({ ...known, [question.id]: answer }))}
        />
      ))}
      <Button submit look="primary" disabled={busy}>
        {t("sendAnswers")}
      </Button>
    </form>
  );
}

function OneQuestion(props: {
  question: Question;
  answer: string | number[] | undefined;
  change(answer: string | number[]): void;
}) {
  const { question, answer, change } = props;
  if (question.options.length === 0) {
    return (
      <div class="card question">
        <label for={question.id}>{question.text}</label>
        <input
          id={question.id}
          required
          maxLength={200}
          autocomplete="off"
          value={typeof answer === "string" ? answer : ""}
          onInput={(event) => change(event.currentTarget.value)}
        />
      </div>
    );
  }
  const chosen = Array.isArray(answer) ? answer : [];
  const choose = (index: number, on: boolean): void =>
    change(question.several ? [...chosen.filter((each) => each !== index), ...(on ? [index] : [])] : [index]);
  return (
    <fieldset class="card question">
      <legend>{question.text}</legend>
      {question.options.map((option, index) => (
        <label class="check" key={option}>
          <input
            type={question.several ? "checkbox" : "radio"}
            name={question.id}
            required={!question.several}
            checked={chosen.includes(index)}
            onChange={(event) => choose(index, event.currentTarget.checked)}
          />
          <span>{option}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Marked({ questions }: { questions: readonly Question[] }) {
  return (
    <section aria-labelledby="marked-title">
      <h3 id="marked-title">{t("yourAnswers")}</h3>
      <ul class="plain-list cards">
        {questions.map((question) => (
          <li key={question.id} class="card">
            <p>
              <b>{question.text}</b>
            </p>
            <p class="quiet">{givenWords(question)}</p>
            {question.mark && (
              <Mark answer kept={question.mark.right} words={question.mark.because} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function givenWords({ given, options }: Question): string {
  if (given === null) return t("noAnswer");
  if (typeof given === "string") return given;
  return given.map((index) => options[index] ?? "").join("; ");
}

function Practice(props: { attempt: Attempt; send(turn: number, text: string): Promise<boolean> }) {
  const { attempt, send } = props;
  return (
    <section aria-labelledby="practice-title" class="practice">
      <h3 id="practice-title">{t("practiceWith", { name: attempt.customer })}</h3>
      <p class="quiet">{t("practiceMeans", { percent: attempt.practice_percent })}</p>
      <p class="card waiting">{attempt.scene}</p>
      {attempt.turns.map((turn, index) => (
        <div class="turn" key={index}>
          <p class="quiet small">{t("turnOf", { turn: index + 1, all: attempt.turns_in_all })}</p>
          <Bubble>{turn.says}</Bubble>
          {turn.reply === null ? (
            attempt.stage === "practice" && <ReplyForm turn={turn} send={(text) => send(index, text)} />
          ) : (
            <>
              <Bubble own>{turn.reply}</Bubble>
              <ul class="plain-list marks">
                {turn.marks.map((mark) => (
                  <li key={mark.explain}>
                    <Mark kept={mark.kept} words={mark.explain} needed={mark.needed} />
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      ))}
    </section>
  );
}

function ReplyForm(props: { turn: Turn; send(text: string): Promise<boolean> }) {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        setBusy(true);
        void props.send(text).then(() => setBusy(false));
      }}
    >
      <label for="reply">{t("yourReply")}</label>
      <textarea
        id="reply"
        rows={4}
        required
        maxLength={2000}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {props.turn.reply_within !== null && (
        <p class="quiet small">{t("replyWithin", { seconds: props.turn.reply_within })}</p>
      )}
      <Button submit look="primary" disabled={busy}>
        {t("sendReply")}
      </Button>
    </form>
  );
}

function Mark(props: { kept: boolean; words: string; needed?: boolean; answer?: boolean }) {
  const verdict = props.answer
    ? t(props.kept ? "right" : "notRight")
    : t(props.kept ? "kept" : "notKept");
  return (
    <p class={props.kept ? "mark kept" : "mark"}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={props.kept ? "M5 12.5l4.5 4.5L19 7.5" : "M7 7l10 10M17 7L7 17"} />
      </svg>
      <span>
        <b>{verdict}</b> {props.words}
        {props.needed && !props.kept && <span class="quiet"> {t("needed")}</span>}
      </span>
    </p>
  );
}
