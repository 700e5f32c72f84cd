// Files that leave at once, each by itself, with its progress and a way to cancel; what the form then carries is a slip.
//
//   <form data-upload="{% url 'uploads' %}"> with <ul class="files"> and <input type="file" name="attached" multiple>
//
// Every form with `data-upload` has it: chosen and dropped files, and `window.balieUploads.send(form, file, {picture})`, which
// resolves to the server's answer, or to null. "files-changed" is heard on the form. Without JavaScript they go with the form.
"use strict";

window.balieUploads = (() => {
  const words = () => document.getElementById("upload-words")?.dataset || {};
  const token = (form) => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] || form.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  let under = 0;

  function listOf(form) {
    let list = form.querySelector("ul.files");
    if (!list) {
      list = document.createElement("ul");
      list.className = "files";
      (form.querySelector("input[type=file]").closest("label, .field") || form).before(list);
    }
    return list;
  }

  function send(form, file, { picture = false } = {}) {
    const item = document.createElement("li");
    item.className = "uploading";
    const name = document.createElement("span");
    name.textContent = file.name;
    name.dir = "auto";
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", file.name);
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "button button-quiet button-small";
    cancel.textContent = words().cancel || "×";
    cancel.setAttribute("aria-label", `${words().cancel || "×"}: ${file.name}`);
    item.append(name, bar, cancel);
    listOf(form).append(item);
    const largest = Number(words().largest || 0);
    if (largest && file.size > largest) return Promise.resolve(refuse(item, `${file.name}: ${words().tooLarge}`));

    return new Promise((resolve) => {
      const call = new XMLHttpRequest();
      const body = new FormData();
      body.append("file", file, file.name);
      if (picture) body.append("picture", "1");
      cancel.addEventListener("click", () => call.abort());
      call.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total; });
      call.addEventListener("loadend", () => {
        under -= 1;
        form.dispatchEvent(new CustomEvent("uploads", { detail: { under }, bubbles: true }));
      });
      call.addEventListener("abort", () => { item.remove(); resolve(null); });
      call.addEventListener("error", () => resolve(again(item, form, file, picture)));
      call.addEventListener("load", () => {
        let answer = null;
        try { answer = JSON.parse(call.responseText); } catch { /* Not from us: a proxy, or the sign-in page. */ }
        if (call.status !== 201 || !answer) return resolve(answer?.error ? refuse(item, `${file.name}: ${answer.error}`) : again(item, form, file, picture));
        item.insertAdjacentHTML("afterend", answer.html);
        item.remove();
        form.dispatchEvent(new CustomEvent("files-changed", { bubbles: true }));
        return resolve(answer);
      });
      under += 1;
      form.dispatchEvent(new CustomEvent("uploads", { detail: { under }, bubbles: true }));
      call.open("POST", form.dataset.upload);
      call.setRequestHeader("X-CSRFToken", token(form));
      call.send(body);
    });
  }

  function refuse(item, why) {
    item.className = "refused";
    item.setAttribute("role", "alert");
    item.textContent = why;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button button-quiet button-small";
    close.textContent = "×";
    close.setAttribute("aria-label", words().close || "×");
    close.addEventListener("click", () => item.remove());
    item.append(close);
    return null;
  }

  function again(item, form, file, picture) {
    refuse(item, `${file.name}: ${words().failed || ""}`);
    const retry = document.createElement("button");
    retry.type = "button";
    retry.className = "button button-small";
    retry.textContent = words().again || "";
    retry.addEventListener("click", () => { item.remove(); form.dispatchEvent(new CustomEvent("send-files", { detail: { files: [file], picture } })); });
    item.lastElementChild.before(retry);
    return null;
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-upload]");
    if (!form) return;
    if (event.target.matches("input[type=file]")) {
      const files = [...event.target.files];
      event.target.value = "";
      form.dispatchEvent(new CustomEvent("send-files", { detail: { files, picture: false } }));
    } else if (event.target.name === "kept") form.dispatchEvent(new CustomEvent("files-changed", { bubbles: true }));
  });
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      const form = event.target.closest?.("form[data-upload]");
      if (!form || event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (kind === "drop") form.dispatchEvent(new CustomEvent("send-files", { detail: { files: [...event.dataTransfer.files], picture: false } }));
    });
  }
  // Caught on the way down, since the form's own events do not rise.
  document.addEventListener("send-files", (event) => {
    if (event.defaultPrevented || !event.target.matches("form[data-upload]")) return;
    if (event.target.matches("[data-editor]")) return;
    for (const file of event.detail.files) send(event.target, file, event.detail);
  }, true);
  // A form waits for its files.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-upload]") && event.target.querySelector("li.uploading")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      event.target.querySelector("li.uploading progress").closest("li").scrollIntoView({ block: "nearest" });
    }
  }, true);

  return { send, under: () => under };
})();
