// A policy officer with one question.
import { signIn, signOut } from "../lib/sign_in.mjs";

export async function byKeyboard(visitor) {
  const { page } = visitor;
  await signIn(visitor, { byKeyboard: true });
  await visitor.pressed(".nav a[href='/reports']");
  await visitor.look("reports");
}

export async function everyPage(visitor) {
  await visitor.go("/");
  await visitor.crawl("/");
}

export async function withoutScripts(visitor) {
  await signIn(visitor);
  await visitor.go("/reports");
  await visitor.look("reports");
  await signOut(visitor);
}
