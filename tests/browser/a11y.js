// What axe-core finds: WCAG 2.2 up to AA, and what it calls best practice.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect } from "./guard.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/** Nothing is wrong with the page as it is shown now. With `rules`, only those are asked. */
export async function expectAccessible(page, rules = []) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const runOnly = rules.length ? { type: "rule", values: rules } : { type: "tag", values: TAGS };
  const found = await page.evaluate(async (runOnly) => {
    const { violations } = await window.axe.run(document, { runOnly, resultTypes: ["violations"], preload: false });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}\n${node.html.slice(0, 200)}\n${node.failureSummary}`),
    );
  }, runOnly);
  expect(found, "axe-core").toEqual([]);
}
