/** What the card says to those who wait: English, which also says which strings there are. */
export const en = {
  inLine: "You are in line",
  goOnWithAssistant: "Go on with the assistant",
  place: "Place {place} in line",
  placeNext: "You are next in line",
  waitUnderMinute: "Less than a minute",
  waitAbout: "About {n} minute|About {n} minutes",
  waitRange: "About {low} to {high} minutes",
  waitUnknown: "Nobody is online right now. Your place is kept and you’ll be answered here.",
  waitBeside: "You can close this window. The assistant goes on helping meanwhile.",
  keepWaiting: "Keep waiting",

  longWait: "The wait is longer than we promise",
  ways: "Your place is kept whatever you choose.",
  bookTime: "Book a time",
  inWriting: "Get a written answer",
  chooseTime: "When should a person answer you?",
  zone: "Times are in your time zone, {zone}.",
  book: "Book this time",
  back: "Back",
  booked: "Your time is booked",
  bookedWhen: "{when}. A person answers you here, in this chat.",
  mayClose: "You can close this page and come back then.",
  dueNow: "It is your time now",
  dueSoon: "You come first. A person answers here as soon as one is free.",
  waitInLine: "Wait in line instead",
  written: "You get a written answer",
  writtenHow: "You can close this page. The answer is here when you come back on this device.",
  waitForPerson: "Wait for a person instead",
};

export type WaitingKey = keyof typeof en;
export type WaitingWords = Record<WaitingKey, string>;
