import { useEffect, useState } from "preact/hooks";

/**
 * Says `text` to screen readers when it changes, and shows nothing.
 * The region is there, empty, before its first words: some readers miss it otherwise.
 */
export function LiveRegion({ text, urgent }: { text: string; urgent?: boolean }) {
  const [said, say] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => say(text), 60);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class="unseen" role={urgent ? "alert" : "status"}>
      {said}
    </div>
  );
}
