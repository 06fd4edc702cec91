/** Files on their way up: checked here only for size; what they are, the server decides. */

import { signal } from "@preact/signals";

import type { HttpError } from "../shared/frames";
import { locale } from "../shared/i18n";
import { fileSize } from "../shared/time";
import * as desk from "./desk";
import { token } from "./identity";
import { t } from "./strings";

export interface Upload {
  key: number;
  name: string;
  size_bytes: number;
  percent: number;
  /** The server's id once it is stored. */
  id: string | null;
  media_type: string;
  cancel(): void;
}

const limit = 5;
export const uploads = signal<readonly Upload[]>([]);
export const uploading = (): boolean => uploads.value.some((each) => each.id === null);

let nextKey = 1;

export async function addFiles(files: Iterable<File>): Promise<void> {
  desk.notice.value = null;
  for (const file of files) {
    const most = desk.config.value?.upload_limit_bytes ?? Infinity;
    if (uploads.value.length >= limit) desk.notice.value = t("tooMany");
    else if (file.size > most) {
      desk.notice.value = t("tooBig", { name: file.name, size: fileSize(most, locale.value) });
    } else await upload(file);
  }
}

export function removeUpload(key: number): void {
  uploads.value.find((each) => each.key === key)?.cancel();
  uploads.value = uploads.value.filter((each) => each.key !== key);
}

/** Hands over the stored files and empties the list. */
export function takeUploads(): Upload[] {
  const ready = uploads.value.filter((each) => each.id !== null);
  uploads.value = [];
  return ready;
}

async function upload(file: File): Promise<void> {
  const key = nextKey++;
  const bearer = await token();
  // fetch does not tell how far an upload has come.
  const request = new XMLHttpRequest();
  const change = (changes: Partial<Upload>): void => {
    uploads.value = uploads.value.map((each) => (each.key === key ? { ...each, ...changes } : each));
  };
  const fail = (words: string): void => {
    uploads.value = uploads.value.filter((each) => each.key !== key);
    desk.notice.value = words;
  };
  uploads.value = [
    ...uploads.value,
    {
      key,
      name: file.name,
      size_bytes: file.size,
      percent: 0,
      id: null,
      media_type: file.type,
      cancel: () => request.abort(),
    },
  ];
  request.open("POST", `/api/customer/attachments?conversation=${desk.conversation.value ?? ""}`);
  request.setRequestHeader("Authorization", `Bearer ${bearer}`);
  request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
  request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
  request.upload.onprogress = (event) =>
    change({ percent: Math.min(99, Math.round((100 * event.loaded) / (event.total || 1))) });
  request.onerror = () => fail(t("uploadFailed", { name: file.name }));
  request.onload = () => {
    const answer = parse(request.responseText);
    if (request.status === 201 && answer?.id) change({ percent: 100, ...answer });
    else fail(answer?.error?.message ?? t("uploadFailed", { name: file.name }));
  };
  request.send(file);
}

function parse(text: string): (Partial<HttpError> & { id: string; media_type: string }) | null {
  try {
    return JSON.parse(text) as Partial<HttpError> & { id: string; media_type: string };
  } catch {
    return null;
  }
}
