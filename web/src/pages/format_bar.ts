/** The toolbar of a rich text: what its buttons do, and which of them are on where the cursor is. */

import type Quill from "quill/core.js"

import { clearFormats, insertDivider, type Place } from "../editor/rich_commands.ts"
import { element, icon, made } from "./elements.ts"
import { colourPopover, linkPopover, picturePopover } from "./format_popovers.ts"

type IconName = Parameters<typeof icon>[0]

interface Tool {
  readonly name: string
  readonly label: string
  /** A letter in the style of what it does, or an icon. */
  readonly face: IconName | "A" | "B" | "I" | "U" | "S"
  readonly keys?: string
  /** Whether it is on, given the formats at the cursor; absent where it is never on. */
  isOn?(formats: Formats): boolean
  use(quill: Quill, button: HTMLElement): void
}

type Formats = Readonly<Record<string, unknown>>

const LINE_STYLES: readonly (readonly [value: string, label: string, format: string, set: unknown])[] = [
  ["text", "Text", "header", false],
  ["h1", "Heading 1", "header", 1],
  ["h2", "Heading 2", "header", 2],
  ["h3", "Heading 3", "header", 3],
  ["quote", "Quote", "blockquote", true],
  ["code", "Code", "code-block", true],
]

function inline(name: string, label: string, face: Tool["face"], keys: string): Tool {
  return {
    name, label, face, keys,
    isOn: (formats) => formats[name] === true,
    use: (quill) => { quill.format(name, quill.getFormat()[name] !== true, "user") },
  }
}

function list(value: string, label: string, face: IconName): Tool {
  const isOn = (formats: Formats): boolean => formats["list"] === value || (value === "unchecked" && formats["list"] === "checked")
  return { name: value, label, face, isOn, use: (quill) => { quill.format("list", isOn(quill.getFormat()) ? false : value, "user") } }
}

const TOOLS: readonly (readonly Tool[])[] = [
  [
    inline("bold", "Bold", "B", "Ctrl+B"),
    inline("italic", "Italic", "I", "Ctrl+I"),
    inline("underline", "Underline", "U", "Ctrl+U"),
    inline("strike", "Strikethrough", "S", ""),
  ],
  [
    { name: "color", label: "Text colour", face: "A", isOn: ({ color }) => color !== undefined, use: colourPopover("color") },
    { name: "background", label: "Highlight", face: "A", isOn: ({ background }) => background !== undefined, use: colourPopover("background") },
  ],
  [list("bullet", "Bulleted list", "bulletList"), list("ordered", "Numbered list", "numberList"), list("unchecked", "Checklist", "checkList")],
  [
    { name: "link", label: "Link", face: "link", keys: "Ctrl+K", isOn: ({ link }) => link !== undefined, use: linkPopover },
    { name: "image", label: "Picture", face: "picture", use: picturePopover },
    { name: "divider", label: "Divider", face: "divider", use: (quill) => { insertDivider(quill, placeOf(quill)) } },
    { name: "clear", label: "Clear formatting", face: "clear", use: (quill) => { clearFormats(quill, placeOf(quill)) } },
  ],
]

function placeOf(quill: Quill): Place {
  return quill.getSelection(true)
}

function buttonOf(quill: Quill, tool: Tool): HTMLButtonElement {
  const button = made("button", `icon-button tool tool-${tool.name}`)
  button.type = "button"
  button.dataset["testid"] = `format-${tool.name}`
  button.setAttribute("aria-label", tool.label)
  button.title = tool.keys ? `${tool.label} (${tool.keys})` : tool.label
  button.append(tool.face.length === 1 ? made("span", "letter", tool.face) : icon(tool.face as IconName))
  button.addEventListener("pointerdown", (event) => { event.preventDefault() }) // the editor keeps the focus
  button.addEventListener("click", () => {
    quill.focus({ preventScroll: true })
    tool.use(quill, button)
  })
  return button
}

function lineStyleChoice(quill: Quill): HTMLSelectElement {
  const choice = made("select", "line-style")
  choice.dataset["testid"] = "format-line"
  choice.setAttribute("aria-label", "Style of the line")
  for (const [value, label] of LINE_STYLES) {
    const option = made("option", "", label)
    option.value = value
    choice.append(option)
  }
  choice.addEventListener("change", () => {
    const style = LINE_STYLES.find(([value]) => value === choice.value)
    if (style === undefined) return
    quill.focus({ preventScroll: true })
    const { index, length } = placeOf(quill)
    const [, , format, set] = style
    const plain = { header: false, list: false, blockquote: false, "code-block": false }
    quill.formatLine(index, length, set === false ? plain : { [format]: set }, "user")
  })
  return choice
}

function lineStyleOf(formats: Formats): string {
  const style = LINE_STYLES.find(([, , format, set]) => set !== false && (format === "code-block" ? Boolean(formats[format]) : formats[format] === set))
  return style?.[0] ?? "text"
}

/** Fill the bar, and keep it in step with the cursor. */
export function setUpFormatBar(quill: Quill): void {
  const bar = element("format-bar", HTMLElement)
  const choice = lineStyleChoice(quill)
  const buttons = TOOLS.map((group) => group.map((tool) => [tool, buttonOf(quill, tool)] as const))
  const divider = (): HTMLElement => made("span", "divider")
  bar.append(choice, ...buttons.flatMap((group) => [divider(), ...group.map(([, button]) => button)]))
  const refresh = (): void => {
    for (const control of [choice, ...buttons.flat().map(([, button]) => button)]) control.disabled = !quill.isEnabled()
    const range = quill.getSelection()
    if (range === null) return
    const formats: Formats = quill.getFormat(range)
    choice.value = lineStyleOf(formats)
    for (const [tool, button] of buttons.flat()) if (tool.isOn) button.setAttribute("aria-pressed", String(tool.isOn(formats)))
  }
  quill.on("editor-change", refresh)
  new MutationObserver(refresh).observe(quill.root, { attributeFilter: ["contenteditable"] })
  quill.keyboard.addBinding({ key: "k", shortKey: true }, () => {
    const link = buttons.flat().find(([tool]) => tool.name === "link")
    if (link !== undefined) linkPopover(quill, link[1])
  })
  refresh()
}
