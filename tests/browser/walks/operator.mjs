// The TTP's operator: what waits for a word, an application, somebody to invite.
import { signIn, signOut } from "../lib/sign_in.mjs";

/// What is done with the first delivery that is held, and that it is held no longer.
async function decide(visitor, act) {
  const { page } = visitor;
  await visitor.go("/operations");
  await visitor.look("operations");
  const reason = page.locator("input[name=reason]").first();
  const id = await reason.getAttribute("id");
  await act(`#${id}`, `form:has(#${id})`);
  await page.waitForLoadState();
  visitor.expect(await visitor.has(".notice.good"), "nothing says that it was done");
  visitor.expect(!(await visitor.has(`#${id}`)), "it is still held");
}

export async function byKeyboard(visitor) {
  const { page } = visitor;
  await signIn(visitor, { byKeyboard: true });
  // Without a reason: said beside the field, in words.
  await visitor.refused(async () => {
    await visitor.go("/operations");
    await visitor.unguarded();
    await visitor.pressed("form[action$='/release'] button.button", "Space");
    visitor.expect(await visitor.has(".field.error [role=alert]"), "a missing reason is not told beside its field");
    await visitor.look("operations.no-reason");
  });
  await decide(visitor, async (field, form) => {
    await visitor.type(field, "bevestigd door de aanbieder");
    await visitor.pressed(`${form} button.button`);
  });
}

export async function everyPage(visitor) {
  const { page } = visitor;
  await visitor.crawl("/");
  await visitor.go("/operations/accounts");
  await visitor.refused(async () => {
    await visitor.unguarded();
    await Promise.all([page.waitForNavigation(), page.click("form[action='/operations/accounts/invite'] button.button")]);
    visitor.expect(await visitor.has("[role=alert]"), "an empty invitation is not refused in words");
    await visitor.look("operations.accounts.refused");
  });
  await page.fill("#name", "A. Nieuw");
  await page.fill("#user", "a.nieuw@gemeente.example");
  await page.selectOption("#role", "municipality");
  await page.fill("#subject", "GM0034");
  await Promise.all([page.waitForNavigation(), page.click("form[action='/operations/accounts/invite'] button.button")]);
  visitor.expect(await visitor.has(".notice.good"), "nothing says that somebody was invited");
  await visitor.look("operations.accounts.invited");
  await visitor.warnedOfTheEnd("/operations");
}

export async function withoutScripts(visitor) {
  const { page } = visitor;
  await signIn(visitor);
  await decide(visitor, async (field, form) => {
    await page.fill(field, "niet zo bedoeld");
    await Promise.all([page.waitForNavigation(), page.click(`${form} .button-danger`)]);
  });
  for (const path of ["/operations/providers", "/operations/agreements", "/operations/applications", "/operations/accounts", "/deliveries", "/reports"]) {
    const answer = await visitor.go(path);
    visitor.expect(answer.status() === 200, `${answer.status()} at ${path}`);
    await visitor.look(path.slice(1).replace("/", "."));
  }
  await signOut(visitor);
}
