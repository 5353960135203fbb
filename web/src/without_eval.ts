/**
 * Tells Zod not to write code at run time, before the first validator is made.
 *
 * It would find out that the page's security policy forbids that by trying, and the browser reports every try.
 */

import { config } from "zod"

config({ jitless: true })
