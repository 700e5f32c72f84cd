// The composer of a request: its editor (fetched at the first focus; until it stands, the plain field takes every key), the draft on
// the server, mentions, and what happens when it is sent. The form alone does all of it too, with a plain field and a full page.
"use strict";

(() => {
  const FIRST_SAVE = 400;
  const SAVE = 1_000;
  const LONGEST_PAUSE = 30_000;
  // Who has not pressed a key for so long does not notice that the editor is being made, which takes a slow machine 200 ms.
  const REST = 250;
  const page = String(1 + Math.floor(Math.random() * 2_000_000_000));
  const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] || document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  let library = null;
  let composer = null;
  let takesFocus = false;
  let pressedAt = -REST;
  document.addEventListener("keydown", () => { pressedAt = performance.now(); }, true);

  // Fetched at once; run, which is what takes long, at rest.
  function fetched(form) {
    const addresses = [form.dataset.editor, form.dataset.writer, form.dataset.pasting];
    if (!library) for (const href of addresses) document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
    library ||= rest().then(() => Promise.all(addresses.map((address) => import(address))));
    library.catch(() => { library = null; });
    return library;
  }

  async function rest() {
    do await new Promise((go) => { setTimeout(go, Math.max(0, pressedAt + REST - performance.now())); });
    while (performance.now() < pressedAt + REST);
  }

  const escaped = (text) => { const place = document.createElement("p"); place.textContent = text; return place.innerHTML; };
  const paragraphs = (text) => text.split(/\n[ \t]*\n\s*/).filter((one) => one.trim()).map((one) => `<p>${escaped(one).replace(/\n/g, "<br>")}</p>`).join("");
  const wordsIn = (html) => new DOMParser().parseFromString(html || "", "text/html").body.textContent.replace(/\s+/g, " ").trim();
  const same = (a, b) => wordsIn(a) === wordsIn(b) && (a.match(/data-cid/g) || []).length === (b.match(/data-cid/g) || []).length;

  function begin(form) {
    const field = form.querySelector("textarea[name=text]");
    const around = form.querySelector(".written");
    const notices = form.querySelector("#composer-notices");
    const files = form.querySelector("ul.files");
    const offered = form.querySelector("#offered");
    const said = notices.dataset;
    const states = JSON.parse(form.querySelector("#composer-state").value);
    let initial = field.value;
    let writer = null;
    let loading = null;
    let kind = form.elements.kind.value;
    let isDirty = false;
    let isSending = false;
    let saving = null;
    let timer = 0;
    let pause = 2_000;
    let carried = false;
    let isBroken = false;
    let naming = null;
    form.elements.page.value = page;
    // The list that one came from, see inbox.js: what stands below this request there.
    try {
      const list = JSON.parse(sessionStorage.getItem("balie.list"));
      const here = list.numbers.map(Number).indexOf(Number(form.dataset.ticket));
      form.elements.from.value = new URL(list.address, location.origin).search.slice(1);
      form.elements.onward.value = list.numbers.slice(here + 1, here + 51).join(",");
    } catch { /* From nowhere, or storing is not allowed. */ }
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = "html";

    const html = () => (writer ? writer.html() : paragraphs(field.value));
    const isEmpty = () => (writer ? writer.isEmpty() : !field.value.trim()) && !form.querySelector("[name=kept]:checked");
    const state = () => states[kind];
    const localKey = (of) => `balie.draft.${form.dataset.person}.${form.dataset.ticket}.${of}`;

    // The editor

    function load() {
      if (writer || loading) return loading || Promise.resolve();
      loading = fetched(form).then(async ([lib, { write }, pasting]) => {
        do await rest();
        while (isComposing || isSending);
        if (!form.isConnected) return;
        const hadFocus = document.activeElement === field;
        const place = document.createElement("div");
        place.className = "editor-place";
        // What stands in the plain field is the draft without its marks, and perhaps more, typed since.
        const begun = field.value.startsWith(initial) ? state().html : "";
        const typed = begun ? field.value.slice(initial.length) : field.value;
        around.append(place);
        field.removeAttribute("id");
        writer = write(lib, pasting, {
          element: place, label: form.querySelector("#message-label").textContent, placeholder: field.placeholder, html: begun, typed,
          caret: hadFocus ? field.selectionStart - (field.value.length - typed.length) : -1,
          hears: {
            changed, selected, send, naming: offer, chose, files: take, link: askForLink,
            undo() { const undo = document.querySelector("#held [data-undo]"); undo?.click(); return Boolean(undo); },
            picture: (cid) => state().pictures[cid] || states.reply.pictures[cid] || states.note.pictures[cid] || "",
          },
        });
        field.disabled = true;
        field.hidden = true;
        showField();
        form.append(hidden);
        form.classList.add("is-rich");
        if (hadFocus && typed) writer.again();
        else if (hadFocus) writer.focus();
      }).catch((fault) => {
        loading = null;
        isBroken = true;
        field.id = "id_text";
        toolbar.hidden = true;
        showField();
        console.warn("The editor could not be fetched; the plain field stays.", fault);
      });
      return loading;
    }

    // What stood in the editor's place until now.
    function showField() {
      around.classList.remove("shows-draft");
      around.querySelector(".draft-shown")?.remove();
    }

    let isComposing = false;
    field.addEventListener("compositionstart", () => { isComposing = true; });
    field.addEventListener("compositionend", () => { isComposing = false; });
    // The frame that shows that one may write goes first.
    field.addEventListener("focus", () => requestAnimationFrame(() => setTimeout(() => { if (!isBroken) load(); })));
    field.addEventListener("input", changed);
    // A picture or a table is the editor's.
    field.addEventListener("paste", (event) => {
      const [pasted, rich, words] = [[...event.clipboardData.files], event.clipboardData.getData("text/html"), event.clipboardData.getData("text/plain")];
      if (isBroken || !(pasted.length || rich)) return;
      event.preventDefault();
      load().then(() => {
        if (writer) writer.paste(pasted, rich);
        else field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
      });
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      send(event.shiftKey ? "resolve" : event.altKey ? "next" : "stay");
    });

    function focus() {
      if (writer) writer.focus();
      else field.focus();
    }

    // What is being written, and its draft

    function changed() {
      if (isSending) return;
      isDirty = true;
      if (isEmpty()) document.dispatchEvent(new CustomEvent("composer-rests"));
      else document.dispatchEvent(new CustomEvent("composer-wrote"));
      later(state().version || saving ? SAVE : FIRST_SAVE);
    }

    function later(wait) {
      clearTimeout(timer);
      timer = setTimeout(save, wait);
    }

    function written() {
      const body = new FormData();
      body.set("kind", kind);
      if (writer) body.set("html", writer.html());
      else body.set("text", field.value);
      for (const one of form.querySelectorAll("[name=kept]:checked")) body.append("kept", one.value);
      for (const one of state().mentions) body.append("mentioned", one);
      body.set("version", state().version);
      body.set("page", page);
      body.set("once", form.elements.once.value);
      return body;
    }

    async function save() {
      clearTimeout(timer);
      if (saving || isSending || !isDirty || !form.isConnected) return;
      const of = kind;
      isDirty = false;
      saving = post(form.dataset.draft, written());
      const answer = await saving.catch(() => null);
      saving = null;
      if (!form.isConnected || isSending) return;
      if (answer?.ok) {
        pause = 2_000;
        forget(of);
        Object.assign(states[of], answer.said);
        form.elements.version.value = states[kind].version;
        show();
        if (isDirty) later(SAVE);
        return;
      }
      isDirty = true;
      keepHere(of);
      if (answer?.status === 422) return tell("alert", answer.said.error || said.tooLong);
      if (answer?.isSignedOut) tell("alert", said.signedOut, [signIn()]);
      else tell("status", said.unsaved);
      later(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }

    async function post(address, body) {
      const call = () => fetch(address, {
        method: "POST", body, redirect: "manual", headers: { "X-CSRFToken": token(), Accept: "application/json" },
      });
      let answer = await call();
      if (answer.status === 403) answer = await call();
      const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
      return {
        ok: answer.ok && isJson, status: answer.status, said: isJson ? await answer.json() : {},
        isSignedOut: answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403,
      };
    }

    function show() {
      const at = state().at;
      form.querySelector("#draft-state").textContent = at && !isEmpty() ? said.saved.replace("%s", at) : "";
      for (const radio of form.elements.kind) {
        radio.closest("label").querySelector(".has-draft").hidden = radio.value === kind || !(states[radio.value].html || states[radio.value].files);
      }
      if (state().others?.length) offerOther();
      else if (notices.dataset.about === "other" || notices.dataset.about === "status") clear();
    }

    // In this browser, while the server cannot be reached

    function keepHere(of) {
      try {
        if (isEmpty()) localStorage.removeItem(localKey(of));
        else localStorage.setItem(localKey(of), JSON.stringify({ html: html(), at: Date.now() }));
      } catch { /* No room, or not allowed. */ }
    }

    function forget(of) {
      try { localStorage.removeItem(localKey(of)); } catch { /* Not allowed. */ }
    }

    function offerLocal() {
      let kept = null;
      try { kept = JSON.parse(localStorage.getItem(localKey(kind))); } catch { return; }
      if (!kept) return;
      if (same(kept.html, state().html)) return forget(kind);
      tell("local", said.local, [
        button(said.use, () => { put(state().html && !same(state().html, "") ? state().html + kept.html : kept.html); forget(kind); clear(); }),
        button(said.drop, () => { forget(kind); clear(); }),
      ], wordsIn(kept.html));
    }

    // What another page of the same person has

    function offerOther() {
      const other = state().others[state().others.length - 1];
      const settle = () => {
        const body = new FormData();
        body.set("kind", kind);
        body.set("others", "1");
        post(form.dataset.draftRemoval, body).catch(() => null);
        state().others = [];
        clear();
      };
      const take = (more) => { Object.assign(state().pictures, other.pictures); files.insertAdjacentHTML("beforeend", other.files); put(more); settle(); };
      tell("other", said.other, [
        button(said.both, () => take(html() + other.html)), button(said.use, () => take(other.html)), button(said.drop, settle),
      ], wordsIn(other.html));
    }

    async function hearOfDraft(event) {
      if (Number(event.detail.page) === Number(page) || isDirty || saving || isSending) return;
      const of = event.detail.kind === 1 ? "note" : "reply";
      const answer = await fetch(`${form.dataset.draft}?kind=${of}`, { redirect: "error" }).then((one) => one.json()).catch(() => null);
      if (!answer || isDirty || isSending || !form.isConnected) return;
      const differs = !same(answer.html, of === kind ? html() : states[of].html) || answer.files !== states[of].files;
      states[of] = answer;
      if (of === kind && differs) fill();
      form.elements.version.value = state().version;
      show();
    }

    function put(more) {
      if (writer) writer.put(more);
      else { states[kind].html = more; field.value = initial = wordsIn(more); load(); }
      changed();
    }

    function fill() {
      showField();
      if (writer) writer.put(state().html);
      else field.value = new DOMParser().parseFromString(state().html.replace(/<\/p>|<br>/g, "$&\n"), "text/html").body.textContent.trim();
      initial = field.value;
      if (state().html) load();
      files.innerHTML = state().files;
    }

    // Reply or note

    function switchTo(wanted) {
      if (wanted === kind) return;
      const moved = { html: html(), files: files.innerHTML.trim(), mentions: state().mentions };
      const wasEmpty = isEmpty();
      const target = states[wanted];
      const isFree = !target.html && !target.files;
      // Begun as a reply and meant as a note, it goes along; never the other way, unless it came from there.
      const carries = !wasEmpty && isFree && (wanted === "note" || carried);
      if (isDirty) save();
      state().html = carries ? "" : moved.html;
      state().files = carries ? "" : moved.files;
      if (carries) {
        const left = kind;
        const body = new FormData();
        body.set("kind", left);
        body.set("page", page);
        Promise.resolve(saving).finally(() => post(form.dataset.draftRemoval, body).catch(() => null));
        Object.assign(target, { html: moved.html, files: moved.files, mentions: moved.mentions, pictures: { ...target.pictures, ...state().pictures } });
        Object.assign(states[left], { version: 0, mentions: [], at: "" });
      }
      carried = carries && wanted === "note";
      kind = wanted;
      form.elements.version.value = state().version;
      fill();
      clear();
      if (carries) changed();
      show();
    }

    for (const label of form.querySelectorAll(".kinds label")) {
      label.addEventListener("click", () => setTimeout(focus));
      // At once: the next key is a letter of what is written, and would be a key of the page.
      label.addEventListener("key-pressed", focus);
    }
    form.addEventListener("change", (event) => { if (event.target.name === "kind") switchTo(event.target.value); });

    // Files and pictures

    async function take(list, asPictures) {
      for (const file of list) {
        const isPicture = asPictures && file.type.startsWith("image/");
        window.balieUploads.send(form, file, { picture: isPicture }).then(async (answer) => {
          if (!answer?.picture) return;
          state().pictures[answer.picture] = answer.address;
          await load();
          writer?.picture(answer.picture, file.name);
        });
      }
    }
    form.addEventListener("send-files", (event) => take(event.detail.files, event.detail.picture));
    form.addEventListener("files-changed", () => {
      for (const one of files.querySelectorAll("[data-picture]")) if (!one.checked) writer?.removePicture(one.dataset.picture);
      changed();
    });

    // Format

    function selected() {
      if (!writer) return;
      for (const one of form.querySelectorAll(".format")) one.setAttribute("aria-pressed", String(writer.is(one.dataset.format)));
    }
    const toolbar = form.querySelector(".formats");
    const formats = [...toolbar.querySelectorAll("button")];
    for (const one of formats) one.tabIndex = one === formats[0] ? 0 : -1;
    toolbar.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      const next = formats[(formats.indexOf(document.activeElement) + by + formats.length) % formats.length];
      for (const one of formats) one.tabIndex = one === next ? 0 : -1;
      next.focus();
      event.preventDefault();
    });
    toolbar.addEventListener("mousedown", (event) => event.preventDefault());
    toolbar.addEventListener("click", async (event) => {
      const what = event.target.closest(".format")?.dataset.format;
      if (!what) return;
      // The buttons are there before the editor is.
      await load();
      if (what === "link" && writer) askForLink();
      else writer?.format(what);
    });
    // The editor answers to these itself; here they are only named, for `?`.
    const named = formats.map((one) => window.balieKeys?.on(one.dataset.formatKey, one.title, () => false, { group: toolbar.getAttribute("aria-label"), repeats: true }));
    const linkForm = form.querySelector(".link-form");
    const linkField = linkForm.querySelector("input");
    function askForLink() {
      linkForm.hidden = false;
      linkField.value = writer.link();
      linkField.focus();
    }
    function setLink(address) {
      linkForm.hidden = true;
      const whole = !address || /^(https?:|mailto:|tel:)/i.test(address) ? address : address.includes("@") ? `mailto:${address}` : `https://${address}`;
      writer.setLink(whole);
    }
    linkForm.addEventListener("click", (event) => {
      const what = event.target.dataset?.link;
      if (what) setLink(what === "set" ? linkField.value.trim() : "");
    });
    linkField.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); setLink(linkField.value.trim()); }
      if (event.key === "Escape") { event.stopPropagation(); linkForm.hidden = true; writer.again(); }
    });

    // Mentions

    let asked = 0;
    function offer(query, place) {
      if (query === null) return stopOffering();
      if (naming?.query === query) return undefined;
      naming = { query, people: naming?.people || [], at: 0 };
      clearTimeout(asked);
      asked = setTimeout(async () => {
        const address = `${form.dataset.mentions}?${new URLSearchParams({ kind, q: query })}`;
        const answer = await fetch(address, { redirect: "error" }).then((one) => one.json()).catch(() => null);
        if (!answer || naming?.query !== query) return;
        naming.people = answer.people;
        naming.at = 0;
        draw(place);
      }, 120);
      return undefined;
    }
    function draw(place) {
      offered.replaceChildren(...naming.people.map((person, at) => {
        const item = document.createElement("li");
        item.id = `offered-${person.id}`;
        item.role = "option";
        item.setAttribute("aria-selected", String(at === naming.at));
        const face = document.createElement("span");
        face.className = `avatar small hue-${person.hue}`;
        face.setAttribute("aria-hidden", "true");
        face.textContent = person.initials;
        const name = document.createElement("span");
        name.dir = "auto";
        name.textContent = person.name;
        const address = document.createElement("small");
        address.textContent = person.email;
        item.append(face, name, address);
        item.addEventListener("mousedown", (event) => { event.preventDefault(); name_(person); });
        return item;
      }));
      offered.hidden = !naming.people.length;
      form.querySelector("#offered-said").textContent = naming.people.length || !naming.query ? "" : form.querySelector("#offered-said").dataset.none;
      const box = form.querySelector(".box").getBoundingClientRect();
      const caret = place?.();
      if (caret) {
        offered.style.insetInlineStart = `${Math.max(8, Math.min(caret.left - box.left, box.width - 280))}px`;
        offered.style.insetBlockEnd = `${box.bottom - caret.top + 6}px`;
      }
      point();
    }
    function point() {
      const text = form.querySelector(".editor");
      [...offered.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === naming.at)));
      const current = offered.children[naming.at];
      if (current && !offered.hidden) { text.setAttribute("aria-activedescendant", current.id); current.scrollIntoView({ block: "nearest" }); }
      else text.removeAttribute("aria-activedescendant");
    }
    function stopOffering() {
      if (!naming) return;
      naming = null;
      clearTimeout(asked);
      offered.hidden = true;
      offered.replaceChildren();
      form.querySelector(".editor")?.removeAttribute("aria-activedescendant");
    }
    function name_(person) {
      const length = naming.query.length;
      stopOffering();
      state().mentions = [...new Set([...state().mentions, person.id])];
      writer.name(person, length);
      stopOffering();
    }
    function chose(key) {
      if (!naming || offered.hidden) return false;
      const many = naming.people.length;
      if (key === "down" || key === "up") { naming.at = (naming.at + (key === "down" ? 1 : many - 1)) % many; point(); }
      else if (key === "enter") name_(naming.people[naming.at]);
      else { const { query } = naming; stopOffering(); naming = { query, people: [], at: 0 }; offered.hidden = true; }
      return true;
    }

    // Sending

    function send(then) {
      // A click, since htmx sends the name of the button that was clicked.
      form.querySelector(`button[name=then][value=${then}]:not(noscript *)`).click();
    }
    form.addEventListener("submit", (event) => {
      if (isSending) { event.preventDefault(); event.stopImmediatePropagation(); return; }
      if (event.submitter?.classList.contains("discard")) { isSending = true; forget(kind); return; }
      if (form.querySelector("li.uploading")) return;
      hidden.value = writer ? writer.html() : "";
      if (hidden.value.length > Number(form.dataset.longest)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        tell("alert", said.tooLong);
        return;
      }
      for (const old of form.querySelectorAll("input[name=mentioned]")) old.remove();
      for (const id of state().mentions) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "mentioned", value: id }));
      form.elements.version.value = state().version;
      form.elements.csrfmiddlewaretoken.value = token();
      clearTimeout(timer);
      isSending = true;
      // htmx would copy it to the next form as an attribute, which the security policy forbids.
      for (const one of form.querySelectorAll("[style][id]")) one.removeAttribute("style");
      takesFocus = form.contains(document.activeElement);
      writer?.editor.setEditable(false, false);
      form.setAttribute("aria-busy", "true");
    }, true);
    function stays(words, more) {
      isSending = false;
      isDirty = true;
      form.removeAttribute("aria-busy");
      writer?.editor.setEditable(true, false);
      keepHere(kind);
      tell("alert", words, more);
      if (takesFocus) focus();
    }
    form.addEventListener("htmx:beforeSwap", (event) => {
      if (event.target !== form) return;
      const came = event.detail.xhr.responseURL;
      if (came && new URL(came).pathname !== new URL(form.action).pathname) {
        event.detail.shouldSwap = false;
        stays(said.signedOut, [signIn()]);
      } else forget(kind);
    });
    for (const kindOfFailure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
      form.addEventListener(kindOfFailure, (event) => {
        if (event.target !== form) return;
        if ([401, 403].includes(event.detail.xhr?.status)) stays(said.signedOut, [signIn()]);
        else stays(said.failed);
      });
    }

    // What others write meanwhile

    const newest = () => Math.max(0, ...[...document.querySelectorAll("#timeline [id^=message-]")].map((one) => Number(one.id.slice(8)) || 0));
    function hearOfTicket(event) {
      if (!["heard", "replied", "noted"].includes(event.detail.event) || isEmpty() || isSending) return;
      if (event.detail.by === Number(form.dataset.person)) return;
      tell("news", said.news, [button(said.show, () => {
        form.elements.seen.value = Math.max(newest(), Number(form.elements.seen.value));
        const latest = document.getElementById(`message-${newest()}`);
        latest?.scrollIntoView({ block: "start" });
        clear();
      })]);
    }
    function hearOfTimeline() {
      // Nobody was writing: whoever begins now has it before them.
      if (isEmpty()) form.elements.seen.value = Math.max(newest(), Number(form.elements.seen.value));
    }

    // What it says

    function button(words, act) {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "button button-small";
      made.textContent = words;
      made.addEventListener("click", act);
      return made;
    }
    function signIn() {
      const link = document.createElement("a");
      link.className = "button button-small";
      link.href = `${said.signInAddress}?next=${encodeURIComponent(location.pathname)}`;
      link.textContent = said.signIn;
      return link;
    }
    function tell(about, words, buttons = [], preview = "") {
      if (notices.dataset.about === about && notices.dataset.words === words + preview) return;
      notices.dataset.about = about;
      notices.dataset.words = words + preview;
      notices.className = `composer-notices is-${about}`;
      const sentence = document.createElement("p");
      sentence.textContent = words;
      notices.replaceChildren(sentence);
      if (preview) {
        const quoted = document.createElement("p");
        quoted.className = "preview";
        quoted.dir = "auto";
        quoted.textContent = preview.length > 240 ? `${preview.slice(0, 240)}…` : preview;
        notices.append(quoted);
      }
      notices.append(...buttons);
    }
    function clear() {
      notices.replaceChildren();
      notices.className = "composer-notices";
      delete notices.dataset.about;
      delete notices.dataset.words;
    }

    function leave() {
      if (!isDirty || isSending) return;
      keepHere(kind);
      const body = written();
      body.set("csrfmiddlewaretoken", token());
      navigator.sendBeacon?.(form.dataset.draft, body);
    }

    document.body.addEventListener(form.dataset.draftEvent, hearOfDraft);
    document.body.addEventListener(form.dataset.ticketEvent, hearOfTicket);
    document.body.addEventListener("htmx:afterSettle", hearOfTimeline);
    window.addEventListener("pagehide", leave);
    window.addEventListener("online", () => { if (isDirty) later(200); });
    if (state().html) load();
    show();
    offerLocal();

    return {
      form, focus, load, leave,
      end() {
        clearTimeout(timer);
        document.body.removeEventListener(form.dataset.draftEvent, hearOfDraft);
        document.body.removeEventListener(form.dataset.ticketEvent, hearOfTicket);
        document.body.removeEventListener("htmx:afterSettle", hearOfTimeline);
        window.removeEventListener("pagehide", leave);
        for (const forget of named) forget?.();
        writer?.destroy();
      },
    };
  }

  function look() {
    const form = document.getElementById("composer");
    if (!form || composer?.form === form) return;
    const wasThere = composer !== null;
    // Beside a list one request follows the other: what was begun there is kept.
    if (composer?.form.dataset.ticket !== form.dataset.ticket) composer?.leave();
    composer?.end();
    composer = begin(form);
    document.dispatchEvent(new CustomEvent("composer-rests"));
    if (!wasThere || !takesFocus) return;
    takesFocus = false;
    composer.load().then(() => composer.focus());
  }

  // The seconds that are left to take a reply back.
  function count() {
    let some = false;
    for (const undo of document.querySelectorAll("button[data-undo]")) {
      const left = Math.ceil((Date.parse(undo.dataset.leaves) - Date.now()) / 1000);
      undo.querySelector(".seconds").textContent = left > 0 && left < 60 ? ` (${left})` : "";
      some ||= left > 0;
    }
    if (some) setTimeout(count, 500);
  }

  document.addEventListener("submit", (event) => { if (event.target.matches("#held form.undo")) takesFocus = true; }, true);
  document.addEventListener("htmx:load", () => { look(); count(); });
  look();
  count();
  if (location.hash === "#composer" || new URLSearchParams(location.search).has("write")) composer?.focus();
})();
