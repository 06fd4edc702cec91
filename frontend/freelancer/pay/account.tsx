/** Where one is paid to, what is owed, and what was paid out. */

import { useState } from "preact/hooks";

import { Button, LiveRegion } from "../../shared/components";
import { day, money } from "../../shared/pay/amounts";
import { Shown, useAsked, useSending } from "../../shared/pay/asked";
import type { Failed } from "../../shared/pay/asked";
import { basisWords } from "../../shared/pay/statement";
import { t } from "./words";
import type { Words } from "./words/en";

interface Owed {
  readonly currency: string;
  readonly minor: number;
  readonly held_minor: number;
}

interface PaidOut {
  readonly payout: string;
  readonly currency: string;
  readonly minor: number;
  readonly pay_on: string;
  readonly state: string;
  readonly account: string;
}

interface Account {
  readonly account: string | null;
  readonly holder: string | null;
  readonly basis: string;
  readonly owed: readonly Owed[];
  readonly payouts: readonly PaidOut[];
}

export function AccountPage({ failed }: { failed: Failed }) {
  const account = useAsked<Account>("/api/agent/pay/account", failed);
  const [said, setSaid] = useState("");
  return (
    <Shown of={account}>
      {(value) => (
        <>
          <LiveRegion text={said} />
          <section class="card">
            {value.owed.every((each) => each.minor === 0 && each.held_minor === 0) && (
              <p>{t("payNothingOwed")}</p>
            )}
            {value.owed.map((each) => (
              <p key={each.currency}>
                {each.minor > 0 && t("payOwed", { amount: money(each.minor, each.currency) })}{" "}
                {each.held_minor > 0 && t("payHeld", { amount: money(each.held_minor, each.currency) })}
              </p>
            ))}
            <p>
              {value.account
                ? t("payAccountIs", { account: value.account, holder: value.holder ?? "" })
                : t("payAccountNone")}
            </p>
            <p class="quiet">
              {t("payBasis")}: {basisWords(value.basis)}.
            </p>
          </section>
          <AccountForm
            failed={failed}
            done={(after) => {
              account.set(after);
              setSaid(t("paySaved"));
            }}
          />
          <section>
            <h3>{t("payPayouts")}</h3>
            {value.payouts.length === 0 && <p class="quiet">{t("payPayoutsNone")}</p>}
            {value.payouts.length > 0 && (
              <ul class="plain-list pay-lines">
                {value.payouts.map((each) => (
                  <li class="pay-line pay-row" key={each.payout}>
                    <span>
                      {day(each.pay_on)}
                      <small class="quiet">
                        {t(`payState_${each.state}` as keyof Words)}, {each.account}
                      </small>
                    </span>
                    <b class="pay-figure">{money(each.minor, each.currency)}</b>
                  </li>
                ))}
              </ul>
            )}
          </section>
        </>
      )}
    </Shown>
  );
}

function AccountForm({ failed, done }: { failed: Failed; done(after: Account): void }) {
  const [form, setForm] = useState({ iban: "", clearing: "", number: "", holder: "" });
  const sending = useSending(failed);
  const field = (name: keyof typeof form, title: string, required = false) => (
    <>
      <label for={`pay-${name}`}>{title}</label>
      <input
        id={`pay-${name}`}
        autocomplete="off"
        required={required}
        maxLength={70}
        value={form[name]}
        onInput={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
      />
    </>
  );
  return (
    <form
      class="pay-form"
      onSubmit={(event) => {
        event.preventDefault();
        const body = Object.fromEntries(Object.entries(form).filter(([, value]) => value));
        void sending.send<Account>("/api/agent/pay/account", body, (after) => {
          setForm({ iban: "", clearing: "", number: "", holder: "" });
          done(after);
        });
      }}
    >
      {field("holder", t("payHolder"), true)}
      {field("iban", t("payIban"))}
      <p class="quiet">{t("payOr")}</p>
      {field("clearing", t("payClearing"))}
      {field("number", t("payNumber"))}
      <p class="quiet small">{t("payAccountSafe")}</p>
      <p class="problem" role="alert">
        {sending.problem}
      </p>
      <Button submit look="primary" disabled={sending.busy}>
        {t("paySave")}
      </Button>
    </form>
  );
}
