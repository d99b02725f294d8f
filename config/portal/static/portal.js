// Comfort only: every page does all of this without. No library, no inline handler, no state kept.
//
//   <form data-submit-on-change>            sends itself when a choice changes; its button stays for the keyboard
//   <form data-upload>                      multipart: shows <progress data-upload-progress> and [data-upload-text]
//   <div id="x" data-poll="5">              asks for this page again every 5 s and puts the new #x in; stops when the
//                                           new one has no data-poll, and after ten minutes: a session must be
//                                           able to end
//   data-confirm="Text"                     on a form or a button of it: asks before it is sent
//   <button data-copy="Text" hidden>        copies; data-copied="Copied" is what it then says
//   <button data-print hidden>              prints
//   <body data-session-seconds="1800">      warns two minutes before the session ends
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // --- what only a script can do is shown only now ---
  for (const button of all("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = button.dataset.copy || location.href;
      await navigator.clipboard.writeText(text.startsWith("/") ? new URL(text, location.href).href : text);
      if (button.dataset.copied) button.textContent = button.dataset.copied;
    });
  }
  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // --- before danger ---
  document.addEventListener("submit", (event) => {
    const text = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (text && !window.confirm(text)) event.preventDefault();
  });

  // --- filters: a choice made with the arrow keys is not one yet, so only when the field is left or clicked ---
  for (const form of all("form[data-submit-on-change]")) {
    let byKeys = false;
    form.addEventListener("keydown", (event) => { byKeys = event.target.matches("select") && event.key !== "Enter"; });
    form.addEventListener("pointerdown", () => { byKeys = false; });
    form.addEventListener("change", (event) => {
      if (byKeys || !event.target.matches("select, input[type=radio], input[type=checkbox]")) return;
      form.action = form.action.replace(/#.*/, "");  // only the button goes on to the figures: more filters may follow
      form.requestSubmit();
    });
  }

  // --- a page that came as the answer to a request of ours ---
  const show = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const main = page.querySelector("main");
    if (!main) return false;
    document.title = page.title;
    document.querySelector("main").replaceChildren(...main.childNodes);
    document.querySelector("main").focus();
    return true;
  };

  // --- uploads ---
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[data-upload]")) return;
    event.preventDefault();
    const bar = form.querySelector("[data-upload-progress]");
    const text = form.querySelector("[data-upload-text]");
    const buttons = all("button", form);
    const body = new FormData(form, event.submitter);
    const request = new XMLHttpRequest();
    const leaving = (going) => going.preventDefault();
    const ended = () => {
      window.removeEventListener("beforeunload", leaving);
      for (const button of buttons) button.disabled = false;
      if (bar) bar.hidden = true;
      if (text) text.textContent = "";
    };
    for (const button of buttons) button.disabled = true;
    if (bar) { bar.hidden = false; bar.max = 100; bar.value = 0; }
    window.addEventListener("beforeunload", leaving);
    let told = -1;
    request.upload.addEventListener("progress", (progress) => {
      if (!progress.lengthComputable) return;
      const done = Math.floor((100 * progress.loaded) / progress.total);
      if (bar) bar.value = done;
      // A reader of the screen is told in tens.
      if (text && Math.floor(done / 10) !== told) {
        told = Math.floor(done / 10);
        text.textContent = done + " %";
      }
    });
    request.addEventListener("load", () => {
      ended();
      // The answer was a redirect that was followed: that page is where we are now.
      const at = new URL(request.responseURL, location.href);
      if (request.status < 400 && at.pathname !== new URL(form.action).pathname) location.assign(at.href);
      else if (!show(request.responseText)) location.reload();
    });
    request.addEventListener("error", () => {
      ended();
      const failed = form.querySelector("[data-upload-failed]");
      if (failed) { failed.hidden = false; failed.focus(); }
    });
    request.open("POST", form.action);
    request.send(body);
  });

  // --- a status that changes by itself ---
  let seen = () => {};
  const pollsEnd = Date.now() + 600000;
  const poll = (element) => {
    const seconds = Math.max(2, Number(element.dataset.poll) || 5);
    setTimeout(async () => {
      if (Date.now() > pollsEnd) return;
      try {
        const answer = document.hidden ? null : await fetch(location.href, { credentials: "same-origin", redirect: "error" });
        if (answer && answer.ok) {
          seen();
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          const fresh = page.getElementById(element.id);
          if (!fresh) return;
          if (fresh.innerHTML !== element.innerHTML) element.replaceChildren(...fresh.childNodes);
          if (fresh.dataset.poll === undefined) { element.removeAttribute("data-poll"); return; }
          element.dataset.poll = fresh.dataset.poll;
        }
      } catch { /* the line is down: asked again */ }
      if (element.isConnected) poll(element);
    }, seconds * 1000);
  };
  for (const element of all("[data-poll][id]")) poll(element);

  // --- the end of the session ---
  const warning = document.querySelector("[data-session-warning]");
  const lasts = Number(document.body.dataset.sessionSeconds);
  if (warning && lasts > 120) {
    const keep = warning.querySelector("[data-session-keep]");
    const over = warning.querySelector("[data-session-over]");
    let timers = [];
    const begin = () => {
      timers.forEach(clearTimeout);
      warning.hidden = true;
      timers = [
        setTimeout(() => { warning.hidden = false; }, (lasts - 120) * 1000),
        setTimeout(() => { keep.hidden = true; over.hidden = false; }, lasts * 1000),
      ];
    };
    keep.addEventListener("click", async () => {
      try {
        const answer = await fetch("/account", { credentials: "same-origin", redirect: "error" });
        if (answer.ok) { begin(); return; }
      } catch { /* it is over */ }
      keep.hidden = true;
      over.hidden = false;
    });
    seen = begin;
    begin();
  }
})();
