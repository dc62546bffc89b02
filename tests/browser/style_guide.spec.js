// Every component, and every page in every state: what somebody sees who has no data, too much, or no permission.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./guard.js";
import { look, open, TWO_VIEWS } from "./look.js";

const GALLERY = readFileSync(join(import.meta.dirname, "../../src/console/gallery.rs"), "utf8");
/** The names of all examples, read from where they are written: each becomes a test. */
const NAMES = [...GALLERY.matchAll(/^ +\(?"([a-z0-9-]+)",/gm)].map(([, name]) => name);

test.beforeEach(({ page }) =>
  // Examples belong to nobody: what their scripts ask for is not there.
  page.route("**/*", (route) => {
    const isAsked = ["fetch", "xhr"].includes(route.request().resourceType());
    return isAsked ? route.fulfill({ status: 204 }) : route.continue();
  }),
);

test("style guide", async ({ page }) => {
  await open(page, "/console/style-guide");
  const linked = await page.getByTestId("pages").getByRole("link").allTextContents();
  expect(linked.toSorted(), "each page is a test below").toEqual(NAMES.toSorted());
  await look(page, ["style-guide", "components"], TWO_VIEWS);
});

for (const name of NAMES) {
  test(`style guide, page ${name}`, async ({ page }) => {
    await open(page, `/console/style-guide/${name}`);
    await look(page, ["style-guide", name], TWO_VIEWS);
  });
}
