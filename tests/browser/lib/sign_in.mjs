// Signing in, by pointer or by keyboard. A code is good once: who signs in again before the next 30 s needs the one
// after, which the portal takes too (a clock may be a step off).
import { stepNow, totp } from "./totp.mjs";

const used = new Map();

export async function freshCode(account) {
  let step = Math.max(stepNow() - 1, (used.get(account.user) ?? 0) + 1);
  while (step > stepNow() + 1) await new Promise((done) => setTimeout(done, 500));
  used.set(account.user, step);
  return totp(account.totp_secret, step);
}

export async function signIn(visitor, { byKeyboard = false } = {}) {
  const { page, account } = visitor;
  await visitor.go("/");
  await visitor.look("sign-in");
  if (byKeyboard) {
    await visitor.type("#user", account.user);
    await visitor.type("#password", account.password);
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  } else {
    await page.fill("#user", account.user);
    await page.fill("#password", account.password);
    await page.click("main form button.button");
  }
  await page.waitForURL("**/sign-in/code");
  await visitor.look("sign-in.code");
  if (byKeyboard) {
    await visitor.type("#code", await freshCode(account));
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  } else {
    await page.fill("#code", await freshCode(account));
    await page.click("main form button.button");
  }
  await page.waitForLoadState();
  if (page.url().endsWith("/terms")) {
    await visitor.look("terms");
    if (byKeyboard) {
      if (await visitor.has("main input[type=checkbox]")) { await visitor.tabTo("main input[type=checkbox]"); await page.keyboard.press("Space"); }
      await visitor.pressed("main form button.button");
    } else {
      if (await visitor.has("main input[type=checkbox]")) await page.check("main input[type=checkbox]");
      await page.click("main form button.button");
    }
    await page.waitForLoadState();
  }
  visitor.expect(await visitor.has(".nav"), "signing in did not lead to a page with navigation");
}

export async function signOut(visitor) {
  await visitor.page.click("form[action='/sign-out'] button");
  await visitor.page.waitForLoadState();
  visitor.expect(!(await visitor.has(".nav")), "still signed in after signing out");
}
