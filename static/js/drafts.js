// Unsent drafts of the visit log, a helper's own or one entered from a slip. They lie in this browser as AES-GCM ciphertext under a key that cannot be
// exported, that the server gives to the signed-in person only, and that signing out removes: the same
// person's next sign-in brings the drafts back, nobody else reads them.
"use strict";

const Drafts = (() => {
  const account = document.body.dataset.account || "";
  const usable = Boolean(window.indexedDB && window.crypto && crypto.subtle);

  // --- one small database: "keys" (by account) and "drafts" (by account and the visit's id) -------------------------------
  let opening;
  const database = () => {
    opening ||= new Promise((resolve, reject) => {
      const request = indexedDB.open("visit-drafts", 2);
      request.onupgradeneeded = ({ oldVersion }) => {
        const db = request.result;
        // Two colleagues at one computer may have drafts of the same slip, that is of one id.
        const start = (drafts) => {
          const store = db.createObjectStore("drafts", { keyPath: ["account", "id"] });
          for (const draft of drafts) store.put(draft);
        };
        if (oldVersion === 0) {
          db.createObjectStore("keys", { keyPath: "account" });
          start([]);
          return;
        }
        const former = request.transaction.objectStore("drafts").getAll();
        former.onsuccess = () => {
          db.deleteObjectStore("drafts");
          start(former.result);
        };
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error("an older page is still open"));
    });
    return opening;
  };
  const run = async (store, mode, act) => {
    const db = await database();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(store, mode);
      const request = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  };

  // --- the key --------------------------------------------------------------------------------------------------
  const dropKeys = (keep = "") =>
    run("keys", "readonly", (store) => store.getAllKeys()).then((names) =>
      Promise.all(names.filter((name) => name !== keep).map((name) => run("keys", "readwrite", (s) => s.delete(name)))),
    );

  let asking;
  const key = () => {
    asking ||= (async () => {
      const kept = await run("keys", "readonly", (store) => store.get(account));
      if (kept) return kept.key;
      const answer = await fetch("/drafts/key/", { headers: { Accept: "application/json" }, redirect: "manual" });
      if (!answer.ok) throw new Error("no key");
      const sent = await answer.json();
      if (sent.account !== account) throw new Error("somebody else has signed in");
      const bytes = Uint8Array.from(atob(sent.key), (letter) => letter.charCodeAt(0));
      const imported = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
      bytes.fill(0);
      await run("keys", "readwrite", (store) => store.put({ account, key: imported }));
      return imported;
    })();
    asking.catch(() => (asking = undefined));
    return asking;
  };

  // --- drafts: only the id, the account and the time stand in the clear --------------------------------------------
  const bound = (id) => new TextEncoder().encode(`${account} ${id}`);

  const save = async (id, content) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(content));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(id) }, await key(), text);
    await run("drafts", "readwrite", (store) => store.put({ id, account, iv, data, at: Date.now() }));
  };

  const open = async (draft) => {
    const { id, iv, data } = draft;
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bound(id) }, await key(), data);
    return { id, at: draft.at, ...JSON.parse(new TextDecoder().decode(text)) };
  };

  const mine = async () => {
    const all = await run("drafts", "readonly", (store) => store.getAll());
    return all.filter((draft) => draft.account === account).sort((a, b) => b.at - a.at);
  };

  const list = async () => {
    const opened = await Promise.allSettled((await mine()).map(open));
    return opened.filter((result) => result.status === "fulfilled").map((result) => result.value);
  };

  const remove = (id) => run("drafts", "readwrite", (store) => store.delete([account, id]));

  return { account, usable, dropKeys, save, list, mine, remove };
})();

// --- on every page -----------------------------------------------------------------------------------------------
(async () => {
  if (!Drafts.usable) return;
  try {
    await Drafts.dropKeys(Drafts.account); // nobody signed in, or somebody else: former keys go
    const saved = document.querySelector("[data-saved]"); // the server says so; an address alone removes nothing
    if (saved && Drafts.account) {
      await Drafts.remove(saved.dataset.saved);
      history.replaceState(null, "", location.pathname);
    }
    await showList();
  } catch {
    // private windows have no database: the form works without drafts
  }

  async function showList() {
    const panel = document.querySelector("[data-drafts]");
    if (!panel || !Drafts.account) return;
    const drafts = await Drafts.list();
    const template = document.getElementById("draft-line");
    for (const draft of drafts) {
      const line = template.content.cloneNode(true);
      const link = line.querySelector("a");
      link.href = draft.path;
      line.querySelector("[data-label]").textContent = draft.label;
      line.querySelector("time").textContent = new Date(draft.at).toLocaleString(document.documentElement.lang, {
        month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
      });
      line.querySelector("button").addEventListener("click", async ({ currentTarget: button }) => {
        const item = button.closest("li");
        if (button.dataset.sure) {
          button.textContent = button.dataset.sure; // typed words go with the second tap only
          button.classList.replace("btn-quiet", "btn-danger");
          delete button.dataset.sure;
          return;
        }
        await Drafts.remove(draft.id);
        item.remove();
        panel.hidden = !panel.querySelector("li");
      });
      panel.querySelector("ul").append(line);
    }
    panel.hidden = drafts.length === 0;
  }
})();

// --- signing out with an unsent draft asks; it always removes the key, never by itself the ciphertext -------------
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!Drafts.usable || !Drafts.account || form.dataset.asked || !form.matches("form[action$='/account/logout/']")) return;
  event.preventDefault();
  const leave = async () => {
    form.dataset.asked = "yes";
    await Drafts.dropKeys().catch(() => {});
    form.submit();
  };
  Drafts.mine().catch(() => []).then((drafts) => {
    const dialog = document.getElementById("drafts-at-sign-out");
    if (!drafts.length || !dialog) return leave();
    Drafts.list().then(([newest]) => newest && (dialog.querySelector("a").href = newest.path)).catch(() => {});
    dialog.querySelector("[data-keep]").onclick = leave;
    dialog.querySelector("[data-discard]").onclick = async () => {
      await Promise.all(drafts.map((draft) => Drafts.remove(draft.id)));
      await leave();
    };
    dialog.showModal();
  });
});
