import assert from "node:assert/strict";
import { test } from "node:test";

import { describeDate, parseDate } from "../src/dates.js";

const wednesday = new Date(2026, 3, 15, 13, 30);

for (const [text, day] of [
  ["today", 15],
  ["tomorrow", 16],
  ["friday", 17],
  ["next friday", 24],
  ["wednesday", 22],
  ["in 2 weeks", 29],
  ["2026-04-30", 30],
]) {
  test(`reads "${text}"`, () => {
    assert.equal(parseDate(text, wednesday)?.getDate(), day);
  });
}

test("what is no date is null", () => {
  for (const text of ["", "someday", "in two days", "2026-04-31", "next"]) {
    assert.equal(parseDate(text, wednesday), null, text);
  }
});

test("near dates have names", () => {
  assert.equal(describeDate(new Date(2026, 3, 16), wednesday), "tomorrow");
  assert.equal(describeDate(new Date(2026, 3, 18), wednesday), "saturday");
});
