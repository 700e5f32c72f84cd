// What is pasted from Word, Excel, Outlook or a page, as plain lists, tables and marks. The server cleans it all once more.
"use strict";

const GONE = "style, meta, link, title, script, xml, head, col, colgroup";

/** HTML from the clipboard, without what its program added to it. */
export function tidy(html) {
  // An inert document: nothing in it loads or runs.
  const page = parsed(html.replace(/<!--\[if[\s\S]*?<!\[endif\]-->/g, "").replace(/<!\[(?:if[^\]]*|endif)\]>/g, ""));
  const comments = page.createTreeWalker(page, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  for (const comment of found) comment.remove();
  const body = page.body;
  for (const element of body.querySelectorAll(GONE)) element.remove();
  for (const element of [...body.querySelectorAll("*")]) if (element.localName.includes(":")) element.replaceWith(...element.childNodes);
  makeLists(body);
  for (const element of [...body.querySelectorAll("span, font, b, i")]) marks(element, page);
  for (const heading of body.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const paragraph = page.createElement("p");
    const bold = page.createElement("strong");
    bold.append(...heading.childNodes);
    paragraph.append(bold);
    heading.replaceWith(paragraph);
  }
  for (const table of body.querySelectorAll("table")) makeTable(table, page);
  for (const element of body.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) {
      if (!["href", "colspan", "rowspan", "src", "alt", "data-cid", "start"].includes(name)) element.removeAttribute(name);
    }
  }
  for (const paragraph of [...body.querySelectorAll("p, div")]) {
    if (!paragraph.textContent.replace(/\u00a0/g, " ").trim() && !paragraph.querySelector("img, br, table, li")) paragraph.remove();
  }
  return body.innerHTML;
}

/** Whether HTML from the clipboard says anything: Excel and Word put a picture of the same beside it. */
export function says(html) {
  const { body } = parsed(html);
  for (const element of body.querySelectorAll(GONE)) element.remove();
  return body.textContent.trim() !== "" || body.querySelector("table") !== null;
}

// Without styles that the page's security policy would complain of; what they say is read from data-style.
function parsed(html) {
  const plain = html.replace(/<style[\s\S]*?<\/style\s*>/gi, "").replace(/(<[a-z][^>]*?\s)style(\s*=)/gi, "$1data-style$2");
  return new DOMParser().parseFromString(plain, "text/html");
}

// Word writes a list as paragraphs: "mso-list:l0 level2 lfo1", with the bullet or number as text of its own.
function makeLists(body) {
  const open = [];
  for (const paragraph of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")]) {
    const level = /mso-list:[^;"]*level(\d+)/i.exec(paragraph.getAttribute("data-style") || "");
    if (!level || !paragraph.parentNode) {
      if (paragraph.parentNode && !paragraph.closest("li")) open.length = 0;
      continue;
    }
    const marker = markerOf(paragraph);
    const isNumbered = /^\(?[0-9a-z]{1,4}[.)]/i.test(marker);
    const depth = Math.min(Number(level[1]), 9);
    const document = paragraph.ownerDocument;
    while (open.length > depth) open.pop();
    if (!open.length || (open[open.length - 1].nextSibling && open[0].nextElementSibling !== paragraph && open.length === depth && open[0].parentNode !== paragraph.parentNode)) open.length = 0;
    while (open.length < depth) {
      const list = document.createElement(isNumbered ? "ol" : "ul");
      const parent = open[open.length - 1];
      if (!parent) paragraph.before(list);
      else (parent.lastElementChild || parent.appendChild(document.createElement("li"))).append(list);
      open.push(list);
    }
    const item = document.createElement("li");
    const words = document.createElement("p");
    words.append(...paragraph.childNodes);
    item.append(words);
    open[open.length - 1].append(item);
    paragraph.remove();
  }
}

function markerOf(paragraph) {
  const ignored = [...paragraph.querySelectorAll("span")].find((one) => /mso-list:\s*Ignore/i.test(one.getAttribute("data-style") || ""));
  if (ignored) {
    const text = ignored.textContent.trim();
    const around = ignored.parentElement;
    ignored.remove();
    if (around !== paragraph && !around.textContent.trim()) around.remove();
    return text;
  }
  const first = paragraph.ownerDocument.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT).nextNode();
  const marker = first && /^\s*([·•o§\-–]|\(?[0-9a-z]{1,3}[.)])[\s\u00a0]+/i.exec(first.data);
  if (!marker) return "";
  first.data = first.data.slice(marker[0].length);
  return marker[1];
}

// A span that is bold by its style, and a <b> that is not: Google Docs wraps everything in one.
function marks(element, page) {
  const style = (element.getAttribute("data-style") || "").toLowerCase();
  let inner = element;
  const isBold = /font-weight:\s*(bold|[6-9]00)/.test(style);
  const isPlain = /font-weight:\s*(normal|[1-4]00)/.test(style);
  if (element.localName === "b" && isPlain) inner = unwrap(element, page);
  if (element.localName === "span" || element.localName === "font") {
    const wanted = [isBold && "strong", /font-style:\s*italic/.test(style) && "em", /text-decoration[^;]*line-through/.test(style) && "s"].filter(Boolean);
    inner = unwrap(element, page, wanted);
  }
  return inner;
}

function unwrap(element, page, wanted = []) {
  let content = [...element.childNodes];
  for (const name of wanted) {
    const mark = page.createElement(name);
    mark.append(...content);
    content = [mark];
  }
  element.replaceWith(...content);
}

// Excel pads a table with empty rows and columns, and leaves rows of different lengths.
function makeTable(table, page) {
  for (const row of [...table.rows]) if (!row.textContent.trim() && !row.querySelector("img")) row.remove();
  const rows = [...table.rows];
  const width = (row) => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
  const isSpanned = table.querySelector("[rowspan]") !== null;
  if (!isSpanned) {
    const most = Math.max(0, ...rows.map((row) => {
      let used = 0, at = 0;
      for (const cell of row.cells) {
        at += cell.colSpan;
        if (cell.textContent.trim() || cell.querySelector("img")) used = at;
      }
      return used;
    }));
    for (const row of rows) {
      while (row.cells.length && width(row) > most && !row.lastElementChild.textContent.trim()) row.lastElementChild.remove();
      while (width(row) < most) row.append(page.createElement("td"));
    }
  }
  if (!table.rows.length) table.remove();
}
