/** Who looked at which kind of hidden personal data, and why. */

import { api } from "../../shared/account/api";
import { Button } from "../../shared/components";
import { pageSize, usePaged } from "../paged";
import { addresses } from "../route";
import { Cards, When } from "./parts";
import type { Failed } from "./parts";
import { t } from "./words";

export interface Unmasking {
  readonly id: number;
  readonly conversation: string;
  readonly version: number;
  readonly kind: "email" | "phone" | "account" | "card" | "identity" | "birth_date";
  readonly name: string | null;
  readonly as_lead: boolean;
  readonly reason: string;
  readonly at: string;
}

async function page(last: Unmasking | null): Promise<readonly Unmasking[]> {
  const query = new URLSearchParams({ limit: String(pageSize) });
  if (last) query.set("before", String(last.id));
  return (await api<{ unmaskings: Unmasking[] }>(`/api/console/unmaskings?${query}`)).unmaskings;
}

export function Unmaskings({ failed }: { failed: Failed }) {
  const list = usePaged(page, failed, "unmaskings");
  return (
    <>
      {list.entries === null && <p class="quiet">{t("workLoading")}</p>}
      {list.entries?.length === 0 && <p class="empty quiet">{t("workUnmaskingsEmpty")}</p>}
      <Cards>
        {list.entries?.map((each) => (
          <li key={each.id} class="card">
            <Looked unmasking={each} />
            <p>
              <a href={addresses.story(each.conversation, each.version)}>{t("workRead")}</a>
            </p>
          </li>
        ))}
      </Cards>
      {list.hasMore && <Button onClick={list.more}>{t("workMore")}</Button>}
    </>
  );
}

export function Looked({ unmasking }: { unmasking: Unmasking }) {
  const { name, kind, as_lead, at, reason } = unmasking;
  return (
    <>
      <p>
        <b>{t("workLooked", { name: name ?? "", kind: t(`work_${kind}`) })}</b>{" "}
        <span class="quiet">{as_lead && `${t("workAsLead")} · `}</span>
        <When at={at} />
      </p>
      <p class="work-words">{reason}</p>
    </>
  );
}
