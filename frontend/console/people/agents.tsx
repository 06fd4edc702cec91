/** The accounts: skills given or taken, deactivating and opening again, each with a reason. */

import { useState } from "preact/hooks";

import { Sheet } from "../../shared/account/sheet";
import { Button } from "../../shared/components";
import { date, languageName, said, useAsked } from "./asked";
import type { Ask } from "./asked";
import { ReasonForm } from "./reason_form";
import { t } from "./words";

interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: "agent" | "lead" | "admin";
  readonly languages: readonly string[];
  readonly deactivated_at: string | null;
  readonly skills: Record<string, number>;
}

interface Skill {
  readonly key: string;
  readonly name: Record<string, string>;
}

interface Answer {
  readonly people: readonly Person[];
  readonly skills: readonly Skill[];
}

export function Agents({ ask }: { ask: Ask }) {
  const [after, setAfter] = useState<string | null>(null);
  const query = after ? `?after=${encodeURIComponent(after)}` : "";
  const list = useAsked<Answer>(ask, `/agents${query}`);
  const [open, setOpen] = useState<string | null>(null);
  if (!list.value) return <p class="quiet">{list.problem || t("loading")}</p>;
  const { people, skills } = list.value;
  const name = (key: string): string => said(skills.find((each) => each.key === key)?.name ?? { en: key });
  const chosen = people.find((each) => each.id === open);
  return (
    <>
      <table class="accounts">
        <thead>
          <tr>
            <th scope="col">{t("person")}</th>
            <th scope="col">{t("skills")}</th>
            <th scope="col">
              <span class="unseen">{t("decide")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {people.map((each) => (
            <tr key={each.id}>
              <th scope="row">
                {each.name} <small class="quiet">{each.role === "agent" ? "" : t("isLead")}</small>
                <small class="quiet block">{each.email}</small>
                <small class="quiet block">{each.languages.map(languageName).join(", ")}</small>
                {each.deactivated_at && (
                  <small class="inactive block">{t("inactive", { date: date(each.deactivated_at) })}</small>
                )}
              </th>
              <td>
                {Object.entries(each.skills).map(([key, level]) => (
                  <span class="block" key={key}>
                    {name(key)} <span class="quiet">{level}</span>
                  </span>
                ))}
              </td>
              <td>
                <Button look="plain" aria-label={t("decideOn", { name: each.name })} onClick={() => setOpen(each.id)}>
                  {t("decide")}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {people.length === 50 && (
        <Button onClick={() => setAfter(people.at(-1)?.email ?? null)}>{t("more")}</Button>
      )}
      {chosen && (
        <PersonSheet
          person={chosen}
          skills={skills}
          ask={ask}
          close={() => setOpen(null)}
          done={list.again}
        />
      )}
    </>
  );
}

function PersonSheet(props: {
  person: Person;
  skills: readonly Skill[];
  ask: Ask;
  close(): void;
  done(): void;
}) {
  const { person, skills, ask, close, done } = props;
  const [skill, setSkill] = useState(skills[0]?.key ?? "");
  const [level, setLevel] = useState(1);
  const [told, setTold] = useState("");
  const [address, setAddress] = useState("");
  const path = `/agents/${person.id}`;
  const active = person.deactivated_at === null;
  async function after(act: Promise<unknown>): Promise<void> {
    const answer = (await act) as { address?: string } | null;
    if (answer?.address) setAddress(answer.address);
    setTold(t("done"));
    done();
  }
  return (
    <Sheet title={person.name} closeLabel={t("close")} close={close}>
      <p role="status">{told}</p>
      {address && (
        <p class="note">
          {t("giveLink")} <a href={address}>{address}</a>
        </p>
      )}
      {skills.length > 0 && (
        <ReasonForm
          id="skill-reason"
          label={t("why")}
          ways={[{ name: "set", label: t("setSkill") }]}
          send={(_, reason) => after(ask(`${path}/skills`, { skill, level, reason }))}
        >
          <h3>{t("skills")}</h3>
          <label for="skill">{t("skill")}</label>
          <select id="skill" value={skill} onChange={(event) => setSkill(event.currentTarget.value)}>
            {skills.map((each) => (
              <option key={each.key} value={each.key}>
                {said(each.name)}
              </option>
            ))}
          </select>
          <label for="level">{t("level")}</label>
          <select
            id="level"
            value={level}
            onChange={(event) => setLevel(Number(event.currentTarget.value))}
          >
            <option value={0}>{t("levelNone")}</option>
            <option value={1}>1</option>
            <option value={2}>2</option>
            <option value={3}>3</option>
          </select>
        </ReasonForm>
      )}
      {person.role === "agent" && (
        <ReasonForm
          id="account-reason"
          label={t("why")}
          ways={[
            active
              ? { name: "deactivate", label: t("deactivate"), look: "danger" }
              : { name: "reactivate", label: t("reactivate"), look: "primary" },
          ]}
          send={(way, reason) => after(ask(`${path}/${way}`, { reason }))}
        >
          <h3>{t("accountOf")}</h3>
          <p class="quiet">{t(active ? "deactivateMeans" : "reactivateMeans")}</p>
        </ReasonForm>
      )}
    </Sheet>
  );
}
