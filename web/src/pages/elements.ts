/** The parts of a page by id, and small pieces of it made by hand. */

/** Return the element with this id, of this kind; throws where the page has none. */
export function element<E extends Element>(id: string, kind: new () => E): E {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`the page has no ${kind.name} with the id ${id}`)
}

/** Make an element with a class and a text. */
export function made<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = ""): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag)
  node.className = className
  node.textContent = text
  return node
}

const PATHS = {
  undo: "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 0 12h-2",
  redo: "m15 7 5 5-5 5M20 12H10a6 6 0 0 0 0 12h2",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z",
  sun: "M12 3v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4m0-12.8L17 7M7 17l-1.4 1.4M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
  close: "M6 6l12 12M18 6 6 18",
  bulletList: "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
  numberList: "M10 6h10M10 12h10M10 18h10M4 4.5l1.5-1V9M4 15.5c0-1.8 3-1.8 3 0 0 1.2-3 2.6-3 4h3",
  checkList: "M3 6.5l1.8 1.8L8 5M3 16.5l1.8 1.8L8 15M12 7h9M12 17h9",
  quote: "M10 6c-3 1-5 3.5-5 7v4h5v-5H7m13-6c-3 1-5 3.5-5 7v4h5v-5h-3",
  code: "m8.5 7-5 5 5 5m7-10 5 5-5 5",
  picture: "M4 5h16v14H4zM4 16l4.5-4.5 3.5 3.5 3-3 5 5M15.5 9.5h.01",
  divider: "M3 12h18M7 6.5h.01M12 6.5h.01M17 6.5h.01M7 17.5h.01M12 17.5h.01M17 17.5h.01",
  clear: "M7 5h12M12.5 5l-2 8M5 19h6M15 15l5 5m0-5-5 5",
  text: "M5 6h14M5 10h14M5 14h14M5 18h8",
  rich: "M5 6V4.5h9V6M9.5 4.5V14M8 14h3M13.5 12.5v-1.5h7v1.5M17 11v8m-1.5 0h3",
} as const

/** Draw one of the icons. */
export function icon(name: keyof typeof PATHS): SVGElement {
  const namespace = "http://www.w3.org/2000/svg"
  const svg = document.createElementNS(namespace, "svg")
  svg.setAttribute("viewBox", name === "undo" || name === "redo" ? "0 2 24 24" : "0 0 24 24")
  svg.setAttribute("aria-hidden", "true")
  svg.classList.add("icon")
  const path = document.createElementNS(namespace, "path")
  path.setAttribute("d", PATHS[name])
  svg.append(path)
  return svg
}
