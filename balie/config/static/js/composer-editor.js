// The editor of the composer: Tiptap, from the wheel of django-prose-editor, with our own pictures, mentions and keys.
"use strict";

/**
 * `html` is what was drafted, `typed` what was written after that in the plain field, and `caret` how many characters of it stand
 * before the caret, or -1. `lib` is django_prose_editor/editor.js, `pasting` composer-pasting.js. What the page does with it is in `hears`:
 * changed(), selected(), send(then), link(), files(list, asPictures), naming(query | null, place), chose(key), undo(), picture(cid).
 */
export function write(lib, pasting, { element, label, placeholder, html, typed, caret, hears }) {
  const {
    Editor, Extension, Node, mergeAttributes, Document, Paragraph, Text, Bold, Italic, Strike, Code, CodeBlock, Blockquote,
    BulletList, OrderedList, ListItem, TableRow, TableHeader, TableCell, Gapcursor, Dropcursor, UndoRedo, History,
  } = lib;
  const { tables, state: states } = lib.pm;

  const Break = Node.create({
    name: "hardBreak", group: "inline", inline: true, selectable: false, linebreakReplacement: true,
    parseHTML: () => [{ tag: "br" }],
    renderHTML: () => ["br"],
    renderText: () => "\n",
    addCommands: () => ({ setHardBreak: () => ({ commands }) => commands.insertContent({ type: "hardBreak" }) }),
    addKeyboardShortcuts() { return { "Shift-Enter": () => this.editor.commands.setHardBreak() }; },
  });
  const Address = lib.Mark.create({
    name: "link", inclusive: false, priority: 1000,
    addAttributes: () => ({ href: { default: null } }),
    parseHTML: () => [{ tag: "a[href]", getAttrs: (a) => (/^(https?:|mailto:|tel:)/i.test(a.getAttribute("href") || "") ? null : false) }],
    renderHTML: ({ HTMLAttributes }) => ["a", mergeAttributes(HTMLAttributes, { rel: "noopener noreferrer nofollow" }), 0],
  });
  const Picture = Node.create({
    name: "picture", group: "inline", inline: true, draggable: true, atom: true,
    addAttributes: () => ({ cid: { default: null }, alt: { default: "" } }),
    parseHTML: () => [{ tag: "img[data-cid]", getAttrs: (img) => ({ cid: img.dataset.cid, alt: img.alt }) }],
    renderHTML: ({ node }) => ["img", { "data-cid": node.attrs.cid, alt: node.attrs.alt, src: hears.picture(node.attrs.cid) }],
  });
  const Mention = Node.create({
    name: "mention", group: "inline", inline: true, atom: true, selectable: false,
    addAttributes: () => ({ name: { default: "" } }),
    parseHTML: () => [{ tag: "bdi", getAttrs: (bdi) => (bdi.textContent.startsWith("@") ? { name: bdi.textContent.slice(1) } : false) }],
    renderHTML: ({ node }) => ["bdi", {}, `@${node.attrs.name}`],
    renderText: ({ node }) => `@${node.attrs.name}`,
  });
  const Grid = Node.create({
    name: "table", group: "block", content: "tableRow+", tableRole: "table", isolating: true,
    parseHTML: () => [{ tag: "table" }],
    renderHTML: () => ["table", {}, ["tbody", 0]],
    addProseMirrorPlugins: () => [tables.tableEditing({ allowTableNodeSelection: false })],
    addKeyboardShortcuts() {
      const step = (by) => () => tables.goToNextCell(by)(this.editor.state, this.editor.view.dispatch);
      return { Tab: step(1), "Shift-Tab": step(-1) };
    },
  });
  const isEmpty = (editor) => editor.isEmpty;
  const Keys = Extension.create({
    name: "keys", priority: 2000,
    addKeyboardShortcuts() {
      const send = (then) => () => { hears.send(then); return true; };
      const chose = (key) => () => hears.chose(key);
      return {
        "Mod-Enter": send("stay"), "Mod-Shift-Enter": send("resolve"), "Mod-Alt-Enter": send("next"),
        "Mod-Shift-k": () => { hears.link(); return true; }, "Mod-Shift-9": () => { grid(); return true; },
        // Where nothing was written yet there is nothing else to take back than what was just sent; a draft was written before.
        "Mod-z": ({ editor }) => (isEmpty(editor) || !(typed || editor.can().undo())) && hears.undo(),
        ArrowDown: chose("down"), ArrowUp: chose("up"), Enter: chose("enter"), Tab: chose("enter"), Escape: chose("escape"),
      };
    },
  });

  const editor = new Editor({
    element,
    injectCSS: false,
    content: html || "",
    extensions: [
      Keys, Document, Paragraph, Text, Break, Bold, Italic, Strike, Code, CodeBlock, Blockquote, BulletList, OrderedList, ListItem,
      Grid, TableRow, TableHeader.extend({ addAttributes: spans }), TableCell.extend({ addAttributes: spans }), Address, Picture,
      Mention, Gapcursor, Dropcursor.configure({ color: false, class: "drop-here" }), UndoRedo || History,
    ],
    editorProps: {
      attributes: {
        id: "id_text", role: "textbox", "aria-multiline": "true", "aria-label": label, "data-placeholder": placeholder, dir: "auto", class: "editor",
        "aria-controls": "offered",
      },
      transformPastedHTML: (said) => pasting.tidy(said),
      handlePaste: (_view, event) => {
        const files = [...(event.clipboardData?.files || [])];
        const said = event.clipboardData?.getData("text/html") || "";
        const words = event.clipboardData?.getData("text/plain") || "";
        if (arePictures(files, said)) {
          hears.files(files, true);
          return true;
        }
        const { from, to, empty } = editor.state.selection;
        if (!said && /^https?:\/\/\S+$/i.test(words.trim())) {
          const mark = editor.schema.marks.link.create({ href: words.trim() });
          const change = editor.state.tr;
          if (empty) change.replaceSelectionWith(editor.schema.text(words.trim(), [mark]), false);
          else change.addMark(from, to, mark);
          editor.view.dispatch(change.scrollIntoView());
          return true;
        }
        return false;
      },
      handleDrop: (_view, event) => {
        const files = [...(event.dataTransfer?.files || [])];
        if (!files.length) return false;
        event.preventDefault();
        hears.files(files, true);
        return true;
      },
    },
    onUpdate: () => hears.changed(),
    onTransaction: () => { named(); hears.selected(); },
  });

  if (typed) takeOver();

  // As it was typed, with its spaces and empty lines: HTML would lose those at the end, and the next word with them.
  function takeOver() {
    const { schema } = editor;
    const lines = (part) => part.split("\n").flatMap((line, number) => [...(number ? [schema.nodes.hardBreak.create()] : []), ...(line ? [schema.text(line)] : [])]);
    const blocks = typed.split(/\n[ \t]*\n+/).map((part) => schema.nodes.paragraph.create(null, lines(part)));
    const change = editor.state.tr.setMeta("addToHistory", false);
    const { doc } = change;
    if (editor.isEmpty) change.replaceWith(0, doc.content.size, blocks);
    else change.insert(doc.content.size, blocks);
    const end = states.Selection.atEnd(change.doc).from;
    let at = end;
    if (caret >= 0) while (at > 1 && change.doc.textBetween(at, end, "\n\n", "\n").length < typed.length - caret) at -= 1;
    editor.view.dispatch(change.setSelection(states.TextSelection.near(change.doc.resolve(at), -1)));
  }

  function named() {
    const { selection } = editor.state;
    if (!selection.empty || !selection.$from.parent.isTextblock || selection.$from.parent.type.name === "codeBlock") return hears.naming(null);
    const before = selection.$from.parent.textBetween(Math.max(0, selection.$from.parentOffset - 60), selection.$from.parentOffset, undefined, "\ufffc");
    const found = /(?:^|[\s(\ufffc])@([\p{L}\p{M}'’.-]{0,30}(?: [\p{L}\p{M}'’.-]{1,30})?)$/u.exec(before);
    if (!found) return hears.naming(null);
    return hears.naming(found[1], () => editor.view.coordsAtPos(selection.from - found[1].length - 1));
  }

  return {
    editor,
    html: () => (editor.isEmpty ? "" : without(editor.getHTML())),
    isEmpty: () => editor.isEmpty,
    put: (said) => editor.commands.setContent(said || "", { emitUpdate: false }),
    // At once, and not in the next frame: whoever types meanwhile would type in another place.
    focus() {
      if (!editor.view.hasFocus()) editor.view.dispatch(editor.state.tr.setSelection(states.Selection.atEnd(editor.state.doc)));
      editor.view.focus();
    },
    again: () => editor.view.focus(),
    paste(files, said) {
      if (arePictures(files, said)) hears.files(files, true);
      else editor.view.pasteHTML(said);
    },
    name(person, length) {
      const to = editor.state.selection.from;
      const mention = editor.schema.nodes.mention.create({ name: person.name });
      const change = editor.state.tr.replaceWith(to - length - 1, to, [mention, editor.schema.text(" ")]);
      editor.view.dispatch(change.scrollIntoView());
      editor.view.focus();
    },
    picture(cid, alt) {
      editor.chain().insertContent({ type: "picture", attrs: { cid, alt } }).run();
    },
    removePicture(cid) {
      const change = editor.state.tr;
      editor.state.doc.descendants((node, at) => { if (node.type.name === "picture" && node.attrs.cid === cid) change.delete(change.mapping.map(at), change.mapping.map(at + 1)); });
      if (change.docChanged) editor.view.dispatch(change);
    },
    has: (cid) => editor.getHTML().includes(`data-cid="${CSS.escape(cid)}"`) || editor.getHTML().includes(`data-cid="${cid}"`),
    is: (format) => editor.isActive(format === "code" ? (editor.isActive("codeBlock") ? "codeBlock" : "code") : format),
    link: () => editor.getAttributes("link").href || "",
    setLink(href) {
      const { from, to, empty } = editor.state.selection;
      const type = editor.schema.marks.link;
      if (!href) editor.chain().focus().extendMarkRange("link").unsetMark("link").run();
      else if (empty && !editor.isActive("link")) editor.chain().focus().insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
      else if (empty) editor.chain().focus().extendMarkRange("link").setMark("link", { href }).run();
      else { editor.view.dispatch(editor.state.tr.addMark(from, to, type.create({ href }))); editor.view.focus(); }
    },
    format(what) {
      const chain = editor.chain().focus();
      const { from, to, $from, $to } = editor.state.selection;
      if (what === "bold") chain.toggleBold().run();
      else if (what === "italic") chain.toggleItalic().run();
      else if (what === "strike") chain.toggleStrike().run();
      else if (what === "bulletList") chain.toggleBulletList().run();
      else if (what === "orderedList") chain.toggleOrderedList().run();
      else if (what === "blockquote") chain.toggleBlockquote().run();
      else if (what === "code") (from === to || !$from.sameParent($to) ? chain.toggleCodeBlock() : chain.toggleCode()).run();
      else if (what === "table") grid();
    },
    destroy: () => editor.destroy(),
  };

  // Office programs put a picture of what they copy beside it.
  function arePictures(files, said) {
    return files.length > 0 && !(said && pasting.says(said));
  }

  // A table of three by two to begin with; within one, another row.
  function grid() {
    editor.view.focus();
    if (editor.isActive("table")) { tables.addRowAfter(editor.state, editor.view.dispatch); return; }
    const { table, tableRow, tableHeader, tableCell } = editor.schema.nodes;
    const row = (type) => tableRow.create(null, [0, 1, 2].map(() => type.createAndFill()));
    const at = editor.state.selection.from;
    const change = editor.state.tr.replaceSelectionWith(table.create(null, [row(tableHeader), row(tableCell)]));
    change.setSelection(states.TextSelection.near(change.doc.resolve(Math.min(at + 3, change.doc.content.size))));
    editor.view.dispatch(change.scrollIntoView());
  }

  // Addresses of pictures are this page's; the server knows them by their ids.
  function without(said) {
    return said.replace(/(<img [^>]*?) src="[^"]*"/g, "$1");
  }

  function spans() {
    const span = (name) => ({ default: 1, parseHTML: (cell) => Number(cell.getAttribute(name)) || 1, renderHTML: (attributes) => (attributes[name] > 1 ? { [name]: attributes[name] } : {}) });
    return { colspan: span("colspan"), rowspan: span("rowspan"), colwidth: { default: null, rendered: false } };
  }
}
