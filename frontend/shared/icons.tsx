/** Line icons, drawn for this project on a 24 grid. All are decorative: name the control.
 * Marked as pure, so that each bundle carries only the icons that it shows. */

function icon(path: string) {
  return () => (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

export const Close = /* @__PURE__ */ icon("M6 6l12 12M18 6L6 18");
export const Send = /* @__PURE__ */ icon("M12 19V5M6 11l6-6 6 6");
export const Clip = /* @__PURE__ */ icon(
  "M19.5 11.5l-7.6 7.6a4.6 4.6 0 0 1-6.5-6.5l7.9-7.9a3.1 3.1 0 0 1 4.4 4.4l-7.9 7.9a1.5 1.5 0 0 1-2.2-2.2l7.2-7.2",
);
export const Person = /* @__PURE__ */ icon("M12 11.5a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4zM4.8 20a7.2 7.2 0 0 1 14.4 0");
export const Globe = /* @__PURE__ */ icon(
  "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3.3 12h17.4M12 3c5 5.4 5 12.6 0 18M12 3c-5 5.4-5 12.6 0 18",
);
export const Down = /* @__PURE__ */ icon("M6 9.5l6 6 6-6");
export const Check = /* @__PURE__ */ icon("M5 12.5l4.5 4.5L19 7.5");
export const File = /* @__PURE__ */ icon("M13.5 3.5H7a1.5 1.5 0 0 0-1.5 1.5v14A1.5 1.5 0 0 0 7 20.5h10a1.5 1.5 0 0 0 1.5-1.5V8.5zM13.5 3.5v5h5");
/** The assistant's mark. */
export const Spark = /* @__PURE__ */ icon("M12 4c.8 4.6 3.4 7.2 8 8-4.6.8-7.2 3.4-8 8-.8-4.6-3.4-7.2-8-8 4.6-.8 7.2-3.4 8-8z");
export const Plus = /* @__PURE__ */ icon("M12 5v14M5 12h14");
