/** The files that go with the next message, from picking to uploaded. */

import { useEffect, useRef, useState } from "preact/hooks";

import { Problem } from "../shared/account/api";
import type { Attachment } from "../shared/frames";
import { locale } from "../shared/i18n";
import { newClientId } from "../shared/outbox";
import { fileSize } from "../shared/time";
import { upload } from "./upload";
import { t } from "./words";

export const filesPerMessage = 5;

export interface FileEntry {
  readonly key: string;
  readonly name: string;
  /** 0 to 1. */
  readonly fraction: number;
  readonly attachment: Attachment | null;
}

export interface Files {
  readonly entries: readonly FileEntry[];
  readonly finished: readonly Attachment[];
  readonly uploading: boolean;
  /** Why the last file is not here; "" when all is well. */
  readonly problem: string;
  add(files: readonly File[]): void;
  remove(key: string): void;
  clear(): void;
}

export function useFiles(conversation: string, limitBytes: number): Files {
  const [entries, setEntries] = useState<readonly FileEntry[]>([]);
  const [problem, setProblem] = useState("");
  const cancels = useRef(new Map<string, () => void>());
  useEffect(() => () => cancels.current.forEach((cancel) => cancel()), []);

  const change = (key: string, with_: Partial<FileEntry>): void =>
    setEntries((all) => all.map((each) => (each.key === key ? { ...each, ...with_ } : each)));
  const drop = (key: string): void => {
    cancels.current.delete(key);
    setEntries((all) => all.filter((each) => each.key !== key));
  };

  function start(file: File): void {
    const key = newClientId();
    setEntries((all) => [...all, { key, name: file.name, fraction: 0, attachment: null }]);
    const { done, cancel } = upload(conversation, file, (fraction) => change(key, { fraction }));
    cancels.current.set(key, cancel);
    done.then(
      (attachment) => {
        cancels.current.delete(key);
        change(key, { fraction: 1, attachment: { ...attachment, url: attachment.url ?? "" } });
      },
      (error: unknown) => {
        drop(key);
        if (error instanceof Problem && error.code === "cancelled") return;
        const why = error instanceof Problem && error.message ? error.message : t("retry");
        setProblem(t("uploadFailed", { name: file.name, why }));
      },
    );
  }

  return {
    entries,
    finished: entries.flatMap((each) => each.attachment ?? []),
    uploading: entries.some((each) => each.attachment === null),
    problem,
    add(files) {
      setProblem("");
      const room = filesPerMessage - entries.length;
      if (files.length > room) setProblem(t("tooManyFiles", { n: filesPerMessage }));
      for (const file of files.slice(0, Math.max(0, room))) {
        if (file.size <= limitBytes) start(file);
        else {
          const limit = fileSize(limitBytes, locale.value);
          setProblem(t("tooLarge", { name: file.name, limit }));
        }
      }
    },
    remove(key) {
      cancels.current.get(key)?.();
      drop(key);
    },
    clear() {
      setEntries([]);
      setProblem("");
    },
  };
}
