// A provider's administrator, with a spreadsheet that is wrong first and right after.
import { freshCode, signIn, signOut } from "../lib/sign_in.mjs";

async function choose(visitor, file, { byKeyboard }) {
  const { page } = visitor;
  if (!byKeyboard) {
    await page.setInputFiles("#file", file);
    await Promise.all([page.waitForURL(/\/upload\/[\w-]{20,}/), page.click("main form button.button")]);
    return;
  }
  await visitor.tabTo("#file");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Space")]);
  await chooser.setFiles(file);
  await visitor.tabTo("main form button.button");
  await Promise.all([page.waitForURL(/\/upload\/[\w-]{20,}/), page.keyboard.press("Enter")]);
}

/// Uploads, and then tests or delivers; returns on the page that says how it went.
async function upload(visitor, file, what, { byKeyboard = false } = {}) {
  const { page } = visitor;
  await visitor.go("/upload");
  await visitor.look("upload");
  await choose(visitor, visitor.files[file], { byKeyboard });
  await visitor.look("upload.confirm");
  if (what === "deliver" && (await visitor.has("#code"))) {
    const code = await freshCode(visitor.account);
    if (byKeyboard) await visitor.type("#code", code);
    else await page.fill("#code", code);
  }
  const button = `button[name=do][value=${what}]`;
  if (byKeyboard) {
    await visitor.tabTo(button);
    await Promise.all([page.waitForURL(/\/upload\/status\//), page.keyboard.press("Enter")]);
  } else {
    await Promise.all([page.waitForURL(/\/upload\/status\//), page.click(button)]);
  }
  await visitor.look(`upload.status.${what}`);
}

/// The page changes by itself, or by asking for it again.
async function until(visitor, selector, seconds = 30) {
  const { page } = visitor;
  if (visitor.script) return await page.waitForSelector(selector, { timeout: seconds * 1000 });
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    if (await visitor.has(selector)) return;
    await page.waitForTimeout(500);
    await page.reload();
  }
  throw new Error(`never: ${selector} on ${page.url()}`);
}

export async function byKeyboard(visitor) {
  await signIn(visitor, { byKeyboard: true });
  await upload(visitor, "wrong", "test", { byKeyboard: true });
  await until(visitor, "#status pre");
  visitor.expect(await visitor.has("#status a[download]"), "a wrong file has no list of findings");
  await visitor.look("upload.tested.wrong");
  await upload(visitor, "test", "test", { byKeyboard: true });
  await until(visitor, "#status pre");
  visitor.expect(/GOED/.test(await visitor.page.innerText("#status")), "a right file is not called good");
  await visitor.look("upload.tested.right");
  await upload(visitor, "deliver", "deliver", { byKeyboard: true });
}

export async function everyPage(visitor) {
  const { page } = visitor;
  await visitor.crawl("/");
  // What came, its findings, its receipt.
  await visitor.go("/deliveries");
  const refused = page.locator("main tr:has(.badge-bad) a[href^='/deliveries/']").first();
  await Promise.all([page.waitForNavigation(), refused.click()]);
  await visitor.look("delivery.refused");
  await visitor.crawl(new URL(page.url()).pathname, { most: 6, skip: (path) => !path.startsWith("/deliveries/") });
  await visitor.refused(async () => {
    await visitor.go("/upload");
    await visitor.unguarded();
    await page.click("main form button.button");
    await page.waitForSelector("[role=alert]:visible");
    await visitor.look("upload.nothing");
    for (const path of ["/operations", "/deliveries/D999999", "/deliveries/1%27", "/operations/providers/P0002"]) {
      const answer = await visitor.go(path);
      visitor.expect(answer.status() === 404, `a provider gets ${answer.status()} at ${path}`);
      visitor.expect(await visitor.has("h1"), `no page at ${path}`);
    }
    await visitor.look("not-yours");
  });
}

export async function withoutScripts(visitor) {
  const { page } = visitor;
  await signIn(visitor);
  await upload(visitor, "wrong", "test");
  await until(visitor, "#status pre");
  visitor.expect(await visitor.has("#status a[download]"), "a wrong file has no list of findings");
  await visitor.look("upload.tested.wrong");
  await upload(visitor, "deliver too", "deliver");
  for (const path of ["/deliveries", "/expected", "/contacts", "/overview", "/reports"]) {
    const answer = await visitor.go(path);
    visitor.expect(answer.status() === 200, `${answer.status()} at ${path}`);
    await visitor.look(path.slice(1));
  }
  visitor.expect((await page.locator("main").count()) === 1, "no page");
  await signOut(visitor);
}
