// Nothing but keys: every step can be reached with Tab, one sees where one is, and nothing traps.
import { expect, fire, test } from "./company.js";

/** Stops on the way at most: pages are short. */
const STOPS_MAX = 80;

/** Presses Tab until the focus is there. */
async function tabTo(page, target) {
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    await page.keyboard.press("Tab");
    const isSeen = await page.evaluate(() => {
      const at = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(at);
      return at === document.body || (outlineStyle !== "none" && outlineWidth !== "0px");
    });
    expect(isSeen, "one sees where the focus is").toBe(true);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`Tab does not come to ${target}`);
}

async function type(page, target, text) {
  await tabTo(page, target);
  await page.keyboard.type(text);
}

test("by keys: sign in, create a webhook, find what it got", async ({ page, company, receiver, javaScriptEnabled }) => {
  const { alice, path, alerts } = company;
  await page.goto(`${path}/webhooks`);
  await type(page, page.locator("#email"), alice.email);
  await type(page, page.locator("#password"), alice.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${path}/webhooks`);

  await tabTo(page, page.getByRole("link", { name: "Skip to content" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("link", { name: "New webhook" }).first());
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${path}/webhooks/new`);
  await type(page, page.locator("#name"), "By keys");
  await type(page, page.locator("#url"), `${receiver.url}/keys`);
  await tabTo(page, page.locator('input[name=receives][value=linked]'));
  await page.keyboard.press("Space");
  await tabTo(page, page.locator(`input[name=alertIds][value="${alerts[2].id}"]`));
  await page.keyboard.press("Space");
  await tabTo(page, page.locator("input[name=authType][value=none]"));
  await page.keyboard.press("ArrowUp"); // round the corner: the last one, bearer
  await type(page, page.locator("#token-bearer"), "tok_keys");
  await tabTo(page, page.getByLabel("Sign every delivery"));
  if (await page.getByLabel("Sign every delivery").isChecked()) await page.keyboard.press("Space");
  await tabTo(page, page.getByRole("button", { name: "Create webhook" }));
  await page.keyboard.press("Enter");
  await expect(page.locator("#flash")).toContainText("Webhook By keys was created");

  await fire(company, alerts[2], "TRK-777");
  await expect.poll(() => receiver.to("/keys").length).toBe(1);
  expect(receiver.to("/keys")[0].headers.authorization).toBe("Bearer tok_keys");

  await page.goto(`${path}/webhooks`);
  const search = page.getByTestId("search").getByRole("searchbox");
  if (javaScriptEnabled) {
    await page.keyboard.press("/");
    await expect(search).toBeFocused();
  } else {
    await tabTo(page, search);
  }
  await page.keyboard.type("TRK-777");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId(/^story-/)).toContainText("By keys");
  await tabTo(page, page.getByRole("link", { name: "By keys" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("TRK-777");
});
