/** What the agent's pages of pay say, in English. */

import { en as shared } from "../../../shared/pay/words/en";

export const en = {
  ...shared,
  payTitle: "Pay",
  payTabNow: "Now and statements",
  payTabTotals: "Totals",
  payTabAccount: "Bank account",
  payTabDisputes: "Disputes",
  payStatements: "Statements",
  payNone: "No statement yet. One appears here after each online session.",
  payBy: "Add up by",
  payBy_day: "Day",
  payBy_week: "Week",
  payBy_month: "Month",
  paySessions: "{n} session|{n} sessions",
  payOwed: "You are owed {amount}.",
  payHeld: "{amount} of it is on its way to you.",
  payNothingOwed: "Nothing is owed at the moment.",
  payAccountIs: "Paid to {account} ({holder}).",
  payAccountNone: "No bank account yet. What you are owed stays yours until you give one.",
  payAccountSafe: "The number is checked, stored encrypted, and shown by its last digits only.",
  payIban: "IBAN",
  payOr: "or a Swedish account",
  payClearing: "Clearing number",
  payNumber: "Account number",
  payHolder: "Account holder",
  paySave: "Save",
  paySaved: "Saved.",
  payPayouts: "Payouts",
  payPayoutsNone: "No payout yet.",
  payState_held: "prepared",
  payState_running: "being paid",
  payState_paid: "paid",
  payDisputesNone: "You have disputed nothing. Every line of a statement has a button for it.",
  payTips: "Tips are recorded by a lead: the desk takes no payments from customers.",
};

export type Words = Record<keyof typeof en, string>;
