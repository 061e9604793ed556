// Small comforts for every page: closing menus, and a session that ends without losing words.
"use strict";

// --- menus made of <details> close on Escape and on a click elsewhere --------------------------------------------
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// --- a refused form: the reader (and a screen reader) begins at the sentence that says so ----------------------
const refusal = document.querySelector("[data-focus]");
if (refusal) refusal.focus();

// --- Ctrl+Enter presses the button of work that comes in a row: a queue is read without the mouse -----------------
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.ctrlKey || event.repeat || event.target.closest("dialog")) return;
  const button = document.querySelector("[data-ctrl-enter]");
  if (!button) return;
  event.preventDefault();
  button.click();
});

// --- a form without a signal or a session stays, with its words; one that is tapped twice is sent once ---------------
// Words typed long after the page came are sent only once the server has said that their writer is still signed in:
// a reset, a new password or another sign-in ends a session before its time.
const FRESH = 60_000; // ms
const arrived = Date.now();
const typed = (form) =>
  [...form.elements].some((field) => /^text/.test(field.type) && field.value !== field.defaultValue);
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  const offline = document.getElementById("no-signal");
  if (!navigator.onLine) {
    event.preventDefault(); // the browser's own page would take the form and its words away
    offline.showModal();
    return;
  }
  if (Date.now() - Number(form.dataset.sentAt || 0) < 3000) {
    event.preventDefault(); // a second try some seconds later goes out
    return;
  }
  form.dataset.sentAt = Date.now();
  if (!typed(form) || !Session.lasts || Date.now() - arrived < FRESH || form.dataset.asked) return;
  event.preventDefault();
  const alive = await Session.renew();
  delete form.dataset.sentAt;
  if (alive) {
    form.dataset.asked = "yes";
    form.requestSubmit(event.submitter);
    delete form.dataset.asked;
  } else if (alive === null) offline.showModal();
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent-at]")) delete form.dataset.sentAt;
});

// --- a list worked through file by file: this tab remembers the list, and the page of each file leads on in it -----
// Addresses of files only, and nothing on the server: another's files stay as closed as before.
const opened = (() => {
  const { account } = document.body.dataset;
  const list = document.querySelector("[data-files]");
  try {
    if (!account) sessionStorage.removeItem("files");
    else if (list) {
      const links = [...list.querySelectorAll("tbody th a")].map((link) => link.getAttribute("href"));
      const further = list.querySelectorAll(".pager [rel=next]");
      sessionStorage.setItem("files", JSON.stringify({
        account,
        name: document.querySelector("h1").textContent,
        url: location.pathname + location.search,
        files: [...new Set(links)].filter((url) => /^\/households\/[0-9a-f-]{36}\/$/.test(url)),
        further: further.length === 1 ? further[0].href : "",
      }));
    }
    const kept = JSON.parse(sessionStorage.getItem("files"));
    return kept?.account === account ? kept : null;
  } catch {
    return null; // a browser that keeps nothing: the way back leads to the register
  }
})();
const walk = document.querySelector("[data-walk]");
const place = opened ? opened.files.indexOf(location.pathname) : -1;
if (walk && place >= 0) {
  const last = place + 1 === opened.files.length;
  const lead = (rel, url) => {
    const link = walk.querySelector(`[rel=${rel}]`);
    if (url) link.href = url;
    link.hidden = !url;
  };
  lead("prev", opened.files[place - 1]);
  lead("next", opened.files[place + 1]);
  walk.querySelector("[data-further]").hidden = !(last && opened.further);
  walk.querySelector("[data-further]").href = opened.further;
  walk.querySelector("[data-place]").textContent = `${place + 1} / ${opened.files.length}`;
  walk.hidden = false;
  const back = document.querySelector(".page-head .back");
  back.href = opened.url;
  back.lastChild.textContent = opened.name;
}

// --- printing ---------------------------------------------------------------------------------------------------
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const all = event.target.closest("[data-tick-all]");
  if (all) { // the link does the same by loading the page anew
    event.preventDefault();
    const boxes = [...all.closest("form").querySelectorAll("input[type=checkbox]")];
    const tick = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = tick;
  }
});

// --- the session: warn five minutes before it ends; afterwards keep the page and its words ----------------------
// Session.renew() tells whether the reader of this page is still signed in; where not, a dialog says what to do. It is
// null where nobody answers.
const Session = (() => {
  const { idle, sessionUrl, account } = document.body.dataset;
  const warning = document.getElementById("session-warning");
  const over = document.getElementById("session-over");
  if (!Number(idle) || !sessionUrl || !warning || !over) return { lasts: false, renew: async () => false };

  const WARN_BEFORE = 300;
  let endsAt = Date.now() + Number(idle) * 1000;
  const left = () => Math.round((endsAt - Date.now()) / 1000);
  const others = warning.parentElement.querySelector("[data-session-other]");

  // Other pages of the same browser keep the session alive too.
  const tell = (() => {
    try {
      return new BroadcastChannel("session");
    } catch {
      return { postMessage() {} };
    }
  })();
  tell.onmessage = (event) => {
    endsAt = Math.max(endsAt, event.data);
    update();
  };
  const renewed = (seconds) => {
    endsAt = Date.now() + seconds * 1000;
    tell.postMessage(endsAt);
  };
  renewed(Number(idle));

  // Asks whether the session lives and takes its fresh CSRF token: signing in again changes the token, and
  // without this the words typed here could be saved by nobody.
  const ask = async () => {
    const answer = await fetch(sessionUrl, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (!answer.ok) return false;
    const session = await answer.json();
    others.hidden = session.account === account;
    if (session.account !== account) return false;
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = session.csrf_token;
    renewed(session.seconds_left);
    return true;
  };
  const settle = async () => {
    try {
      const alive = await ask();
      warning.close();
      if (alive) over.close();
      else if (!over.open) over.showModal();
      return alive;
    } catch {
      return null; // no network: the dialog stays, the words too
    }
  };

  const update = () => {
    const seconds = left();
    if (seconds > WARN_BEFORE) {
      if (warning.open) warning.close();
      return;
    }
    if (seconds <= 0) {
      if (warning.open) warning.close();
      if (!over.open) over.showModal();
      return;
    }
    warning.querySelector("[data-session-left]").textContent =
      `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (!warning.open && !over.open) warning.showModal();
  };
  setInterval(update, 1000);
  warning.querySelector("[data-session-stay]").addEventListener("click", settle);
  over.querySelector("[data-session-back]").addEventListener("click", settle);
  warning.addEventListener("cancel", settle);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && over.open) settle();
  });
  return { lasts: true, renew: settle };
})();
