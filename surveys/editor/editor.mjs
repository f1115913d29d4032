// A text area with TOML becomes an editor: line numbers, colours, completion, problems beside their
// lines. The text area stays in the form and keeps the text, so what saves it needs no editor.
//
// The editor lives in a shadow tree, where its styles are adopted style sheets: the content
// security policy forbids style elements.
import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--ink-soft)", fontStyle: "italic" },
  { tag: tags.string, color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.atom], color: "var(--warn)" },
  { tag: [tags.propertyName, tags.name], color: "var(--accent)" },
]);

// The mode takes three quotes for an empty text and the beginning of another one, so the lines of a
// long text would have the colour of keys.
const longTexts = {
  ...toml,
  startState: () => ({ ...toml.startState(), quotes: "" }),
  token(stream, state) {
    if (!state.quotes && !state.lhs && !state.inString) {
      state.quotes = stream.match(/^("""|''')/)?.[0] ?? "";
    }
    if (!state.quotes) {
      return toml.token(stream, state);
    }
    while (state.quotes && !stream.eol()) {
      if (stream.match(state.quotes)) {
        state.quotes = "";
      } else if (stream.next() === "\\" && state.quotes === '"""') {
        stream.next();
      }
    }
    return "string";
  },
};

const look = EditorView.theme({
  "&": {
    maxHeight: "70vh",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius)",
    background: "var(--surface)",
    color: "var(--ink)",
    fontSize: "var(--text-small)",
  },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", overflow: "auto", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": {
    background: "var(--surface-sunk)", color: "var(--ink-soft)", borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { background: "transparent" },
  "&.cm-focused .cm-activeLine": { boxShadow: "inset 2px 0 0 var(--accent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--accent-soft)",
  },
  ".cm-tooltip, .cm-panels": {
    background: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)",
  },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    background: "var(--accent)", color: "var(--on-accent)",
  },
  ".cm-diagnostic": { maxWidth: "40rem" },
  // Instead of pictures in data addresses, which the policy forbids, too.
  ".cm-lint-marker": { borderRadius: "50%", background: "var(--bad)" },
  ".cm-lint-marker-error": { content: "normal" },
  ".cm-lintRange-error": {
    backgroundImage: "none", textDecoration: "underline wavy var(--bad)",
  },
});

// The keys of the table that the line is in, where a key is being typed.
const completion = (keys) => (context) => {
  const word = context.matchBefore(/^\s*[\w-]*/);
  if (!word || (word.from === word.to && !context.explicit)) {
    return null;
  }
  let table = "";
  for (let n = context.state.doc.lineAt(context.pos).number; n >= 1 && !table; n -= 1) {
    table = /^\s*\[\[?([\w.-]+)\]/.exec(context.state.doc.line(n).text)?.[1] ?? "";
  }
  const options = (keys[table] ?? []).map(({ name, help }) => ({
    label: name, info: help, apply: `${name} = `, type: "property",
  }));
  const from = word.from + /^\s*/.exec(word.text)[0].length;
  return options.length ? { from, options, validFor: /^[\w-]*$/ } : null;
};

const diagnosticsOf = (doc, problems) =>
  problems
    .filter(({ line }) => line >= 1 && line <= doc.lines)
    .map(({ line, sentence }) => {
      const { from, to } = doc.line(line);
      return { from, to, severity: "error", message: sentence };
    });

for (const area of document.querySelectorAll("textarea[data-toml]")) {
  const host = document.createElement("div");
  host.className = "toml-editor";
  area.before(host);
  const root = host.attachShadow({ mode: "open" });
  const keys = JSON.parse(document.getElementById(area.dataset.toml)?.textContent || "{}");
  const view = new EditorView({
    root,
    parent: root,
    doc: area.value,
    extensions: [
      lineNumbers(), lintGutter(), history(), drawSelection(), closeBrackets(), highlightActiveLine(),
      EditorView.lineWrapping, highlightSelectionMatches(), search({ top: true }), look, syntaxHighlighting(colours),
      StreamLanguage.define(longTexts), autocompletion({ override: [completion(keys)] }),
      EditorState.readOnly.of(area.readOnly),
      EditorView.contentAttributes.of({
        "aria-label": area.labels[0]?.textContent || "TOML", tabindex: "0",
      }),
      keymap.of([...completionKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && area.value !== update.state.doc.toString()) {
          area.value = update.state.doc.toString();
          area.dispatchEvent(new Event("input", { bubbles: true }));
        }
      }),
    ],
  });
  area.hidden = true;
  area.labels[0]?.addEventListener("click", () => view.focus());
  // Somebody else has written into the text area.
  area.addEventListener("replaced", () => {
    const length = view.state.doc.length;
    if (area.value !== view.state.doc.toString()) {
      view.dispatch({ changes: { from: 0, to: length, insert: area.value } });
    }
  });
  area.addEventListener("problems", ({ detail }) => {
    view.dispatch(setDiagnostics(view.state, diagnosticsOf(view.state.doc, detail)));
  });
  area.addEventListener("line", ({ detail }) => {
    const { from, to } = view.state.doc.line(Math.min(Math.max(1, detail), view.state.doc.lines));
    view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
    view.focus();
  });
}
