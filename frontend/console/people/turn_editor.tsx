/** The practice conversation: what the customer says, and the rules for each reply. */

import { Button } from "../../shared/components";
import { changed, newRule, newTurn, ruleKinds } from "./content";
import type { Rule, Turn } from "./content";
import { Number0, PhraseList, Text } from "./fields";
import { t } from "./words";

const kindWords = {
  must_mention: "mustMention",
  must_not_say: "mustNotSay",
  must_ask: "mustAsk",
  tone: "toneWords",
  time: "withinTime",
} as const;

export function TurnEditor(props: {
  turns: readonly Turn[];
  language: string;
  change(turns: readonly Turn[]): void;
}) {
  const { turns, language, change } = props;
  return (
    <>
      {turns.map((turn, index) => (
        <fieldset class="panel" key={index}>
          <legend>{t("turnNumber", { n: index + 1 })}</legend>
          <Text
            label={t("customerSays")}
            words={turn.says}
            language={language}
            change={(says) => change(changed(turns, index, { ...turn, says }))}
          />
          {turn.rules.map((rule, at) => (
            <RuleEditor
              key={at}
              rule={rule}
              number={at + 1}
              language={language}
              change={(next) =>
                change(changed(turns, index, { ...turn, rules: changed(turn.rules, at, next) }))
              }
              last={turn.rules.length === 1}
            />
          ))}
          <div class="ways">
            <Button
              onClick={() =>
                change(changed(turns, index, { ...turn, rules: [...turn.rules, newRule()] }))
              }
            >
              {t("addRule")}
            </Button>
            {turns.length > 1 && (
              <Button onClick={() => change(changed(turns, index, null))}>
                {t("removeTurn", { n: index + 1 })}
              </Button>
            )}
          </div>
        </fieldset>
      ))}
      <Button onClick={() => change([...turns, newTurn()])}>{t("addTurn")}</Button>
    </>
  );
}

function RuleEditor(props: {
  rule: Rule;
  number: number;
  language: string;
  last: boolean;
  change(rule: Rule | null): void;
}) {
  const { rule, number, language, last, change } = props;
  return (
    <div class="rule">
      <label>
        {t("ruleNumber", { n: number })}
        <select
          value={rule.kind}
          onChange={(event) => change({ ...rule, kind: event.currentTarget.value as Rule["kind"] })}
        >
          {ruleKinds.map((kind) => (
            <option key={kind} value={kind}>
              {t(kindWords[kind])}
            </option>
          ))}
        </select>
      </label>
      {rule.kind === "time" ? (
        <Number0
          label={t("seconds")}
          min={1}
          max={3600}
          value={rule.seconds}
          change={(seconds) => change({ ...rule, seconds })}
        />
      ) : (
        <PhraseList
          label={t(rule.kind === "must_ask" ? "phrasesAsked" : "phrases")}
          phrases={rule.phrases}
          language={language}
          change={(phrases) => change({ ...rule, phrases })}
        />
      )}
      <Text
        label={t("explain")}
        words={rule.explain}
        language={language}
        change={(explain) => change({ ...rule, explain })}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={rule.needed}
          onChange={(event) => change({ ...rule, needed: event.currentTarget.checked })}
        />
        <span>{t("isNeeded")}</span>
      </label>
      {!last && (
        <Button look="plain" aria-label={t("removeRule", { n: number })} onClick={() => change(null)}>
          {t("remove")}
        </Button>
      )}
    </div>
  );
}
