/** The company's canned replies and its own variables. */

import { useState } from "preact/hooks";

import { api } from "../../shared/account/api";
import { Button } from "../../shared/components";
import { languages, languageNames } from "../../shared/i18n";
import { newClientId } from "../../shared/outbox";
import { languageName } from "../../shared/told/told";
import { Cards, Field, Send, Trouble, useFresh, useSending } from "./parts";
import type { Failed } from "./parts";
import { t } from "./words";

interface Reply {
  readonly id: string;
  readonly language: string;
  readonly shortcut: string;
  readonly title: string;
  readonly text: string;
}

interface Kept {
  readonly replies: readonly Reply[];
  readonly fields: Readonly<Record<string, string>>;
}

export function Replies({ failed }: { failed: Failed }) {
  const [all, again] = useFresh<Kept>("/api/console/canned-replies", failed);
  const [edited, setEdited] = useState<Reply | null>(null);
  if (!all) return <p class="quiet">{t("workLoading")}</p>;
  if (edited) {
    const close = (): void => {
      setEdited(null);
      again();
    };
    return <Edit reply={edited} known={all.replies.some((each) => each.id === edited.id)} close={close} />;
  }
  return (
    <>
      <p class="quiet">{t("workRepliesMeans")}</p>
      {all.replies.length === 0 && <p class="empty quiet">{t("workRepliesEmpty")}</p>}
      <Cards>
        {all.replies.map((each) => (
          <li key={each.id} class="card">
            <p>
              <b>{each.title}</b> <code>/{each.shortcut}</code>{" "}
              <span class="quiet">{languageName(each.language)}</span>
            </p>
            <p class="work-words">{each.text}</p>
            <Button onClick={() => setEdited(each)}>{t("workEdit")}</Button>
          </li>
        ))}
      </Cards>
      <p>
        <Button
          look="primary"
          onClick={() =>
            setEdited({ id: newClientId(), language: "en", shortcut: "", title: "", text: "" })
          }
        >
          {t("workNew")}
        </Button>
      </p>
      <Fields fields={all.fields} again={again} />
    </>
  );
}

function Edit({ reply, known, close }: { reply: Reply; known: boolean; close(): void }) {
  const [now, setNow] = useState(reply);
  const [working, problem, send] = useSending(close);
  const path = `/api/console/canned-replies/${reply.id}`;
  const { language, shortcut, title, text } = now;
  return (
    <form
      class="work-form card"
      onSubmit={(event) => {
        event.preventDefault();
        send(() => {
          if (!/^[a-z0-9][a-z0-9-]*$/.test(shortcut)) return t("workShortcutHint");
          if (!title.trim()) return t("workTitle");
          if (!text.trim()) return t("workText");
          return api(path, { method: "PUT", body: { language, shortcut, title, text } });
        });
      }}
    >
      <div class="work-field">
        <label for="r-language">{t("workLanguage")}</label>
        <select
          id="r-language"
          value={language}
          onChange={(event) => setNow({ ...now, language: event.currentTarget.value })}
        >
          {languages.map((tag) => (
            <option key={tag} value={tag}>
              {languageNames[tag]}
            </option>
          ))}
        </select>
      </div>
      <Field id="r-shortcut" label={t("workShortcut")} hint={t("workShortcutHint")} most={32} value={shortcut} set={(value) => setNow({ ...now, shortcut: value })} />
      <Field id="r-title" label={t("workTitle")} most={80} value={title} set={(value) => setNow({ ...now, title: value })} />
      <Field id="r-text" label={t("workText")} rows={6} most={4000} value={text} set={(value) => setNow({ ...now, text: value })} />
      <Trouble words={problem} />
      <div class="work-row">
        <Send working={working} words={t("workSave")} />
        <Button onClick={close}>{t("workCancel")}</Button>
        {known && (
          <Button look="danger" onClick={() => send(() => api(path, { method: "DELETE" }))}>
            {t("workRemove")}
          </Button>
        )}
      </div>
    </form>
  );
}

function Fields({ fields, again }: { fields: Kept["fields"]; again(): void }) {
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [working, problem, send] = useSending(() => {
    setName("");
    setValue("");
    again();
  });
  const put = (field: string, to: string): void =>
    send(() =>
      /^[a-z][a-z0-9_]*$/.test(field)
        ? api(`/api/console/canned-fields/${field}`, { method: "PUT", body: { value: to } })
        : t("workFieldHint"),
    );
  return (
    <section class="work-fields" aria-labelledby="work-fields">
      <h3 id="work-fields">{t("workFields")}</h3>
      <dl>
        {Object.entries(fields).map(([field, stands]) => (
          <div key={field}>
            <dt>
              <code>{`{${field}}`}</code>
            </dt>
            <dd>{stands}</dd>
            <dd>
              <Button look="plain" aria-label={`${t("workRemove")} {${field}}`} onClick={() => put(field, "")}>
                {t("workRemove")}
              </Button>
            </dd>
          </div>
        ))}
      </dl>
      <form
        class="work-form"
        onSubmit={(event) => {
          event.preventDefault();
          put(name, value);
        }}
      >
        <Field id="f-name" label={t("workField")} hint={t("workFieldHint")} most={32} value={name} set={setName} />
        <Field id="f-value" label={t("workValue")} most={500} value={value} set={setValue} />
        <Trouble words={problem} />
        <Send working={working} words={t("workSave")} look="soft" />
      </form>
    </section>
  );
}
