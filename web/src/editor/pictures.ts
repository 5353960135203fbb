/**
 * Pictures that lie in the document itself, as `data:` addresses.
 *
 * They travel in one operation, and the server takes 256 KiB in one. A photograph is scaled down until it fits; what
 * cannot be scaled (a moving picture, a drawing) is refused.
 */

/** UTF-16 units of an address that fits: three quarters of what the server takes, for what stands around it. */
export const LONGEST_ADDRESS = 192 * 1024

/** Kinds of files that are pictures here. */
export const PICTURE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"] as const

const SCALABLE: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp"])
/** Widths to try, in pixels, from sharp to small. */
const WIDTHS = [1600, 1200, 800, 500]
const QUALITY = 0.82

/** Tell whether a picture's address may be put into the document. */
export function fits(address: string): boolean {
  return address.length <= LONGEST_ADDRESS
}

/** Return the address of a picture from a file; null if it is too large and can't be made smaller. */
export async function pictureFrom(file: File): Promise<string | null> {
  const address = await addressOf(file)
  if (fits(address)) return address
  return SCALABLE.has(file.type) ? scaledDown(file) : null
}

function addressOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => { resolve(typeof reader.result === "string" ? reader.result : "") }
    reader.onerror = () => { reject(reader.error ?? new Error("the file cannot be read")) }
    reader.readAsDataURL(file)
  })
}

async function scaledDown(file: File): Promise<string | null> {
  const bitmap = await createImageBitmap(file).catch(() => null) // not what its type says
  if (bitmap === null) return null
  for (const width of WIDTHS) {
    const address = drawn(bitmap, Math.min(width, bitmap.width))
    if (address !== null && fits(address)) return address
  }
  return null
}

function drawn(bitmap: ImageBitmap, width: number): string | null {
  const canvas = document.createElement("canvas")
  canvas.width = width
  canvas.height = Math.max(1, Math.round((bitmap.height * width) / bitmap.width))
  const context = canvas.getContext("2d")
  if (context === null) return null
  context.fillStyle = "white" // JPEG has no transparency
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  return canvas.toDataURL("image/jpeg", QUALITY)
}
