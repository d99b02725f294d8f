// Somebody without an account, or who only has a link.
const HELP = ["/help", "/help/figures", "/help/withheld", "/help/noise", "/help/deliver", "/help/findings", "/help/sign-in",
              "/help/privacy", "/help/ttp", "/accessibility"];

export async function everyPage(visitor) {
  await visitor.go("/sign-in");
  await visitor.crawl("/sign-in", { skip: () => false });
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

/// The questionnaire of a provider that wants to take part: first with mistakes, then right.
async function apply(visitor) {
  const { page } = visitor;
  const send = () => Promise.all([page.waitForNavigation(), page.click("main form button.button")]);
  await visitor.go("/apply");
  await visitor.look("apply");
  await visitor.refused(async () => {
    await visitor.unguarded();
    await page.fill("#organisation", "Jeugdhulp <b>Voorbeeld</b>");
    await send();
    visitor.expect((await page.locator(".field.error").count()) > 3, "mistakes are not told beside their fields");
    visitor.expect((await page.inputValue("#organisation")) === "Jeugdhulp <b>Voorbeeld</b>", "what was typed is lost");
    await visitor.look("apply.mistakes");
  });
  const answers = { organisation: "Jeugdhulp Voorbeeld", kvk: "12345678", street: "Kade 1", postcode: "1315 AB", town: "Almere",
                    contact_name: "J. de Vries", contact_mail: "j.devries@aanbieder.example", contact_phone: "036 123 45 67",
                    technical_name: "B. Bakker", technical_mail: "b.bakker@aanbieder.example", municipalities: "Almere",
                    software: "Dossier 5", person_name_1: "J. de Vries", person_mail_1: "j.devries@aanbieder.example" };
  for (const [name, answer] of Object.entries(answers)) await page.fill(`[name='${name}']`, answer);
  await page.check("[name=format][value=csv]");
  await page.check("[name=upload][value=person]");
  await send();
  visitor.expect(page.url().includes("/apply/"), `an application led to ${page.url()}`);
  await visitor.look("apply.received");
}

export async function withoutScripts(visitor) {
  await apply(visitor);
  for (const path of ["/sign-in", "/forgot", "/apply", ...HELP]) {
    const answer = await visitor.go(path);
    visitor.expect(answer.status() === 200, `${answer.status()} at ${path}`);
    await visitor.look(path.slice(1).replace("/", ".") || "home");
  }
}
