// Somebody without an account, or who only has a link.
const HELP = ["/help", "/help/figures", "/help/withheld", "/help/noise", "/help/deliver", "/help/findings", "/help/sign-in",
              "/help/privacy", "/help/ttp", "/accessibility"];

export async function everyPage(visitor) {
  await visitor.go("/sign-in");
  await visitor.crawl("/sign-in");
  for (const path of HELP) {
    const answer = await visitor.go(path);
    visitor.expect(answer.status() === 200, `${answer.status()} at ${path}`);
    await visitor.look(path.slice(1).replace("/", "."));
  }
  await visitor.refused(async () => {
    for (const path of ["/nowhere", "/help/nothing", "/link/" + "A".repeat(43), "/static/../words", "/operations%00", "/%C3%28"]) {
      const answer = await visitor.go(path);
      visitor.expect(answer.status() >= 400 || path.startsWith("/link"), `${answer.status()} at ${path}`);
      if (await visitor.has("h1")) await visitor.look("refused" + path.replace(/[^a-z]+/gi, ".").slice(0, 12));
    }
  });
  // A page that is for somebody who is known leads to signing in, and back to it after.
  await visitor.go("/reports");
  visitor.expect(visitor.page.url().includes("/sign-in"), "a page for those who are known does not lead to signing in");
}

export async function byKeyboard(visitor) {
  const { page } = visitor;
  await visitor.go("/sign-in");
  await page.keyboard.press("Tab");
  visitor.expect(await page.evaluate(() => document.activeElement.className === "skip"), "the first Tab is not the way to the content");
  await page.keyboard.press("Enter");
  visitor.expect(new URL(page.url()).hash === "#content", "the skip link does not skip");
  await visitor.go("/help/figures");
  await visitor.pressed("form[action='/language'] button");
  visitor.expect(await page.evaluate(() => document.documentElement.lang) === "en", "the language did not change");
  visitor.expect(page.url().endsWith("/help/figures"), `the language switch led to ${page.url()}`);
  await visitor.look("help.english");
  await visitor.pressed("form[action='/language'] button");
  visitor.expect(await page.evaluate(() => document.documentElement.lang) === "nl", "the language did not change back");
  // Guesses are refused in the same words, whether there is such an account or not.
  await visitor.refused(async () => {
    await visitor.go("/sign-in");
    await visitor.type("#user", "nobody@nowhere.example");
    await visitor.type("#password", "not-the-password");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    visitor.expect(await visitor.has("[role=alert]"), "a refused sign-in says nothing");
    await visitor.look("sign-in.refused");
  });
}

export async function withoutScripts(visitor) {
  for (const path of ["/sign-in", "/forgot", "/apply", ...HELP]) {
    const answer = await visitor.go(path);
    visitor.expect(answer.status() === 200, `${answer.status()} at ${path}`);
    await visitor.look(path.slice(1).replace("/", ".") || "home");
  }
}
