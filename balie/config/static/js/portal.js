// What the pages of those who ask add to what all pages do: pasted files, a rating that is being written stays, what comes by itself
// is said to whoever cannot see it, and it does not push away the form that somebody writes in.
"use strict";

document.addEventListener("paste", (event) => {
  const form = event.target.closest?.("form[data-upload]");
  const files = [...(event.clipboardData?.files || [])];
  if (!form || !files.length) return;
  event.preventDefault();
  form.dispatchEvent(new CustomEvent("send-files", { detail: { files, picture: false } }));
});

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const place = event.detail.target;
  if (place.id !== "rate") return;
  const said = place.querySelector("textarea");
  if (place.contains(document.activeElement) || (said && said.value !== said.defaultValue)) event.detail.shouldSwap = false;
});

const announced = (words) => {
  const place = document.getElementById("announced");
  if (place && words.length) place.textContent = words.join(" ");
};

const letters = () => new Map([...document.querySelectorAll("#talk article.letter")].map((one) => [one.id, one.getAttribute("aria-label")]));
const standing = () => document.querySelector("#talk .stands-words")?.textContent.trim() || "";

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target.id !== "talk") return;
  const [known, stood] = [letters(), standing()];
  const form = document.activeElement?.closest("#answer, #rate");
  const top = form?.getBoundingClientRect().top;
  queueMicrotask(() => {
    if (form?.isConnected) window.scrollBy(0, form.getBoundingClientRect().top - top);
    const added = [...letters()].filter(([id]) => !known.has(id)).map(([, name]) => name);
    const news = added.length ? [`${document.getElementById("talk").dataset.new}: ${added.join(", ")}.`] : [];
    announced(standing() === stood ? news : [...news, standing()]);
  });
});

const cards = () => new Map([...document.querySelectorAll("#list .card")].map((one) => [one.querySelector(".card-link"), one.querySelector(".card-facts")]).map(
  ([subject, facts]) => [subject.id, { subject: subject.textContent, facts: facts.innerText.replace(/\s+/g, " ") }]));
let listed = new Map();

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "list") listed = cards();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "list") return;
  const now = cards();
  const changed = [...now].filter(([id, { facts }]) => listed.get(id)?.facts !== facts).map(([, one]) => `${one.subject}: ${one.facts}.`);
  const gone = [...listed].filter(([id]) => !now.has(id)).map(([, { subject }]) => `${subject}: ${document.getElementById("list").dataset.gone}`);
  announced([...gone, ...changed].slice(0, 3));
});
