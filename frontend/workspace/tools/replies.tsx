/** Canned replies in a sheet: find, insert, and write one's own. */

import { useEffect, useState } from "preact/hooks";

import { api } from "../../shared/account/api";
import { Button } from "../../shared/components";
import { newClientId } from "../../shared/outbox";
import { fill, forgetReplies, repliesIn, wordsOf } from "./beside";
import type { Reply } from "./beside";
import { insert } from "./composer_field";
import { Field, Form } from "./form";
import type { ToolProps } from "./sheets";
import { t } from "./words";

export interface RepliesProps extends ToolProps {
  /** Tells which names are still to be filled in. */
  tell(words: string): void;
}

export function Replies(props: RepliesProps) {
  const { conversation, language, close, tell } = props;
  const [replies, setReplies] = useState<readonly Reply[] | null>(null);
  const [wanted, setWanted] = useState("");
  const [edited, setEdited] = useState<Reply | null>(null);
  const [problem, setProblem] = useState("");
  const get = (): void => {
    repliesIn(language).then(setReplies, (error: unknown) => setProblem(wordsOf(error)));
  };
  useEffect(get, [language]);

  if (edited) {
    return (
      <Edit
        reply={edited}
        done={() => {
          setEdited(null);
          forgetReplies();
          get();
        }}
        cancel={() => setEdited(null)}
      />
    );
  }
  return (
    <>
      <Field id="tool-find" label={t("toolFilter")} hint={t("toolRepliesHint")} value={wanted} most={80} set={setWanted} />
      <p class="problem" role="alert">
        {problem}
      </p>
      {replies?.length === 0 && <p class="quiet">{t("toolRepliesEmpty")}</p>}
      <ul class="plain-list tool-list">
        {matching(replies ?? [], wanted).map((each) => (
          <li key={each.id}>
            <p>
              <b>{each.title}</b> <code>/{each.shortcut}</code>{" "}
              <span class="quiet small">{t(each.company ? "toolCompany" : "toolOwn")}</span>
            </p>
            <p class="tool-words quiet">{each.text}</p>
            <div class="tool-row">
              <Button
                look="soft"
                onClick={() => {
                  void insertReply(conversation, each, tell, setProblem).then((done) => done && close());
                }}
              >
                {t("toolInsert")}
              </Button>
              {!each.company && (
                <Button look="plain" onClick={() => setEdited(each)}>
                  {t("toolEdit")}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      <Button
        onClick={() =>
          setEdited({ id: newClientId(), company: false, language, shortcut: "", title: "", text: "" })
        }
      >
        {t("toolNew")}
      </Button>
    </>
  );
}

export function matching(replies: readonly Reply[], wanted: string): readonly Reply[] {
  const words = wanted.toLowerCase().replace(/^\//, "").trim();
  const rank = (each: Reply): number =>
    each.shortcut.startsWith(words) ? 0 : `${each.shortcut} ${each.title}`.toLowerCase().includes(words) ? 1 : 2;
  return replies.filter((each) => rank(each) < 2).sort((a, b) => rank(a) - rank(b));
}

/** Fills a reply in and writes it into the answer; true when it is there. */
export async function insertReply(
  conversation: string,
  reply: Reply,
  tell: (words: string) => void,
  failed: (words: string) => void,
  from?: number,
  to?: number,
): Promise<boolean> {
  try {
    const { text, unknown } = await fill(conversation, reply.id);
    // The sheet closes first: the field can't be written into below an open dialog.
    setTimeout(() => insert(text, from, to));
    if (unknown.length > 0) {
      tell(t("toolUnknown", { names: unknown.map((name) => `{${name}}`).join(", ") }));
    }
    return true;
  } catch (error) {
    failed(wordsOf(error));
    return false;
  }
}

function Edit({ reply, done, cancel }: { reply: Reply; done(): void; cancel(): void }) {
  const [shortcut, setShortcut] = useState(reply.shortcut);
  const [title, setTitle] = useState(reply.title);
  const [text, setText] = useState(reply.text);
  const path = `/api/agent/canned-replies/${reply.id}`;
  return (
    <Form
      send={() => {
        if (!/^[a-z0-9][a-z0-9-]*$/.test(shortcut)) return t("toolShortcutHint");
        if (!title.trim()) return t("toolTitle");
        if (!text.trim()) return t("toolText");
        const { language } = reply;
        return api(path, { method: "PUT", body: { language, shortcut, title, text } });
      }}
      done={done}
      cancel={cancel}
      words={t("toolSave")}
    >
      <Field id="reply-shortcut" label={t("toolShortcut")} hint={t("toolShortcutHint")} value={shortcut} most={32} set={setShortcut} />
      <Field id="reply-title" label={t("toolTitle")} value={title} most={80} set={setTitle} />
      <Field id="reply-text" label={t("toolText")} hint={t("toolTextHint")} value={text} rows={5} most={4000} set={setText} />
      {reply.text && (
        <Button look="danger" onClick={() => void api(path, { method: "DELETE" }).then(done)}>
          {t("toolRemove")}
        </Button>
      )}
    </Form>
  );
}
