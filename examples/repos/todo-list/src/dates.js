/** Read dates as people type them: "today", "tomorrow", "friday", "next friday", "in 3 days", "2026-04-01". */

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const UNITS = { day: 1, days: 1, week: 7, weeks: 7 };

function startOfDay(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

function addDays(date, days) {
  // Through the calendar, not by adding milliseconds: a day has 23 or 25 hours twice a year.
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
}

/**
 * @param {string} text what was typed
 * @param {Date} now the moment from which relative dates count
 * @returns {Date | null} midnight at the start of that day, or null if the text is no date
 */
export function parseDate(text, now) {
  const words = text.trim().toLowerCase().split(/\s+/);
  const today = startOfDay(now);
  if (words.length === 1) {
    if (words[0] === "today") return today;
    if (words[0] === "tomorrow") return addDays(today, 1);
    const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(words[0]);
    if (iso) return fromParts(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  }
  if (words.length === 3 && words[0] === "in" && words[2] in UNITS) {
    const count = Number(words[1]);
    return Number.isInteger(count) && count >= 0 ? addDays(today, count * UNITS[words[2]]) : null;
  }
  const next = words[0] === "next";
  const day = DAYS.indexOf(next ? words[1] : words[0]);
  if (day < 0 || words.length !== (next ? 2 : 1)) return null;
  const ahead = (day - today.getDay() + 7) % 7 || 7;
  return addDays(today, next && ahead < 7 ? ahead + 7 : ahead);
}

function fromParts(year, month, day) {
  const date = new Date(year, month - 1, day);
  // 31 April would silently become 1 May.
  return date.getMonth() === month - 1 ? date : null;
}

/** "today", "tomorrow", a weekday within a week, else the date itself. */
export function describeDate(date, now) {
  const days = Math.round((startOfDay(date) - startOfDay(now)) / 86_400_000);
  if (days === 0) return "today";
  if (days === 1) return "tomorrow";
  if (days > 1 && days < 7) return DAYS[date.getDay()];
  return date.toISOString().slice(0, 10);
}
