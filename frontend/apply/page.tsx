/** One of two: the form, or what became of an application. The address says which. */

import { useEffect, useState } from "preact/hooks";

import { BrandMark, LanguagePicker } from "../shared/account/sign_in";
import { spoken } from "../shared/fetched_words";
import { ask } from "./desk";
import type { Skill } from "./desk";
import { Follow } from "./follow";
import { ApplyForm } from "./form";
import { t } from "./words";

const prefix = "#/follow/";

export function Page() {
  const [hash, setHash] = useState(location.hash);
  const [form, setForm] = useState<{ company: string; skills: readonly Skill[] } | null>(null);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener("hashchange", follow);
    ask<{ company: string; skills: readonly Skill[] }>("/form").then(setForm, () =>
      setForm({ company: "Alltid", skills: [] }),
    );
    return () => removeEventListener("hashchange", follow);
  }, []);
  if (!spoken.value || !form) return null;
  const token = hash.startsWith(prefix) ? hash.slice(prefix.length) : null;
  return (
    <div class="apply">
      <header>
        <p class="brand">
          <BrandMark /> {form.company}
        </p>
      </header>
      <main>
        {token ? (
          <Follow key={token} token={token} />
        ) : (
          <ApplyForm
            company={form.company}
            skills={form.skills}
            taken={(made) => {
              location.hash = prefix + made;
              scrollTo(0, 0);
            }}
          />
        )}
      </main>
      <footer>
        <LanguagePicker />
        <p>
          <a href="/agent">{t("haveAccount")}</a>
        </p>
      </footer>
    </div>
  );
}
