// The visit log: what was typed survives a closed tab, a lost signal, a server that is away and an ended session; a
// promise is filled in for a problem that one takes on; two taps store one visit. The form works without this file.
"use strict";

const beginVisit = (form) => {
  const note = form.querySelector(".draft-note");
  const button = form.querySelector(".save-bar button");
  const keepsDrafts = "draft" in form.dataset && typeof Drafts !== "undefined";
  // Words come back from a draft alone: what the browser itself would put into the fields after "back" lacks the id
  // under which it may have been saved, and would be saved twice.
  if (keepsDrafts && Drafts.usable) form.autocomplete = "off";
  const say = (word) => {
    note.querySelector("span").textContent = note.dataset[word] || "";
    note.hidden = !note.dataset[word];
  };

  // --- to which office a kind of problem goes ---------------------------------------------------------------------
  const offices = JSON.parse(document.getElementById("offices").textContent);
  const showOffice = (problem) => {
    const kind = problem.querySelector(".kinds input:checked");
    const chosen = problem.querySelector(".office .chip input:checked + span");
    problem.querySelector("[data-office]").textContent =
      (chosen && chosen.textContent) || (kind && offices[kind.value]) || "";
  };

  // --- "I will do it" opens the promise, filled with the problem's words -------------------------------------------
  const fillPromise = (problem) => {
    const words = problem.querySelector("textarea").value.trim() || form.elements.said.value.trim();
    const what = form.elements["promise0-what"];
    document.getElementById("promise-fold").open = true;
    if (!what.value) what.value = words.split("\n")[0].slice(0, 100);
  };

  const update = (target) => {
    const problem = target && target.closest("[data-problem]");
    if (problem) {
      showOffice(problem);
      if (target.value === "mine" && target.checked) fillPromise(problem);
    }
    if (target && target.matches("[data-local]") && !target.checked) clear(behind(target));
    if (target && target.checked) choose(target);
  };
  // "No change" and "something has changed" exclude each other, as far as nothing typed is lost by it.
  const choose = (target) => {
    const changed = document.getElementById("has-changed");
    if (!changed) return;
    if (target === changed) form.elements.no_change.checked = false;
    if (target.name === "no_change" && !behind(changed).some(isUsed)) changed.checked = false;
  };
  for (const problem of form.querySelectorAll("[data-problem]")) showOffice(problem);

  // --- chips that only open a part of the form: closing it again takes out what was entered there ------------------
  const behind = (local) => [...form.querySelectorAll(`.${local.dataset.local} :is(input, textarea)`)];
  const isUsed = (input) =>
    input.type === "radio" || input.type === "checkbox"
      ? input.checked && input.value && !input.defaultChecked
      : input.value;
  const clear = (inputs) => {
    for (const input of inputs) {
      if (input.type === "radio" || input.type === "checkbox") input.checked = !input.value;
      else input.value = "";
    }
  };

  // --- the draft: all that was typed, by name ---------------------------------------------------------------------
  const SKIPPED = new Set(["csrfmiddlewaretoken", "device_at", "client_id"]);
  const content = () => [...new FormData(form)].filter(([name]) => !SKIPPED.has(name));
  // A form that came back with errors already holds the newest words.
  const comesBack = form.querySelector("[data-focus]") !== null;
  const empty = comesBack ? "" : JSON.stringify(content());

  const fill = (fields) => {
    const names = new Set(fields.map(([name]) => name));
    for (const input of form.elements) {
      if (!input.name || SKIPPED.has(input.name)) continue;
      const values = fields.filter(([name]) => name === input.name).map(([, value]) => value);
      if (input.type === "radio" || input.type === "checkbox") input.checked = values.includes(input.value);
      else if (names.has(input.name)) input.value = values[0];
    }
    // A day that was "today" when the draft began is another day by now: it is kept as a typed one.
    for (const [name, value] of fields) {
      const typed = form.elements[`${name}_day`];
      if (!typed || !/^\d{4}-/.test(value) || form.querySelector(`[name="${CSS.escape(name)}"]:checked`)) continue;
      const other = form.querySelector(`[name="${CSS.escape(name)}"][value="other"]`);
      if (other) other.checked = true;
      typed.value = value;
    }
    for (const local of form.querySelectorAll("[data-local]")) local.checked = behind(local).some(isUsed);
    for (const fold of form.querySelectorAll("details")) {
      if ([...fold.querySelectorAll("input, textarea")].some(isUsed)) fold.open = true;
    }
    for (const problem of form.querySelectorAll("[data-problem]")) showOffice(problem);
  };

  let timer;
  const keep = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (!keepsDrafts || !Drafts.usable) return;
    if (JSON.stringify(content()) === empty) return Drafts.remove(form.elements.client_id.value);
    await Drafts.save(form.elements.client_id.value, {
      path: location.pathname, label: form.dataset.label, fields: content(),
    });
  };
  const keepSoon = () => {
    timer ||= setTimeout(() => keep().catch(() => {}), 400);
  };

  form.addEventListener("input", (event) => {
    say(""); // read by now; the bar is small again
    update(event.target);
    keepSoon();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) keep().catch(() => {});
  });

  const restored = (async () => {
    if (!keepsDrafts || !Drafts.usable || comesBack) return;
    const draft = (await Drafts.list()).find((found) => found.path === location.pathname);
    if (!draft || JSON.stringify(content()) !== empty) return;
    form.elements.client_id.value = draft.id;
    fill(draft.fields);
    say("restored");
  })().catch(() => {});

  // --- sending: first by script, so that without a signal or a server the page and its words stay -------------------
  const WAIT = 30_000; // ms; at the edge of a signal a phone would wait for minutes
  const label = button.textContent;
  const busy = (is) => {
    button.disabled = is;
    button.textContent = is ? button.dataset.busy : label;
  };
  const post = async () => {
    try {
      return await fetch(form.action || location.href, {
        method: "POST", body: new FormData(form), redirect: "manual", headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(WAIT),
      });
    } catch {
      return null;
    }
  };
  const stay = (word) => {
    busy(false);
    say(word);
  };
  // What is wrong stands in the form that the server answered; it takes the place of this one.
  const comeBack = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("form.visit-form");
    form.replaceWith(fresh);
    beginVisit(fresh);
    fresh.querySelector("[data-focus]").focus();
  };
  const forget = async () => {
    if (keepsDrafts && Drafts.usable) await Drafts.remove(form.elements.client_id.value).catch(() => {});
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    busy(true);
    say("");
    form.elements.device_at.value = new Date().toISOString();
    await restored;
    const kept = (await keep().then(() => true, () => false)) && keepsDrafts && Drafts.usable;
    let answer = await post();
    if (answer && [403, 404].includes(answer.status)) {
      // Most often he, or somebody else, has signed in in another window: with his fresh token the same words go out.
      if (!(await Session.renew())) return stay("");
      answer = await post();
    }
    if (answer === null) return stay(kept ? "offline" : "unsent");
    if (answer.status >= 500 || answer.status === 429) return stay(kept ? "away" : "unheard");
    // The session has ended. The sign-in page leads back here; without a draft this page must stay open.
    if (answer.type === "opaqueredirect" && !kept && !(await Session.renew())) return stay("");
    if (answer.status === 422) return comeBack(await answer.text());
    if (answer.ok) {
      const { to } = await answer.json();
      await forget();
      location.replace(to);
      return;
    }
    // What the server has kept itself comes back no more: its id is used, every save would clash again.
    if ([409, 410].includes(answer.status)) await forget();
    form.submit(); // a conflict or an ended session: the server's own page says it; the same id, so once
  });
  window.addEventListener("pageshow", () => busy(false));
};

const visitForm = document.querySelector("form.visit-form");
if (visitForm) beginVisit(visitForm);
