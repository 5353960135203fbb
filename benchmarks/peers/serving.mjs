// The process of one server in Node: `node serving.mjs NAME FOLDER PORT`, where FOLDER holds its packages.
// Each keeps documents in memory, with what it does if nothing is said.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [name, folder, port] = process.argv.slice(2)
const require = createRequire(join(folder, 'package.json'))
const host = '127.0.0.1'

const servers = {
  sharedb: () => {
    const ShareDB = require('sharedb')
    const { WebSocketServer } = require('ws')
    const JSONStream = require('@teamwork/websocket-json-stream')
    ShareDB.types.register(require('ot-text-unicode').type)
    const backend = new ShareDB()
    const server = createServer((_, response) => response.end('ready'))
    new WebSocketServer({ server }).on('connection', socket => backend.listen(new JSONStream(socket)))
    server.listen(Number(port), host)
  },

  hocuspocus: () => hocuspocus({}),

  // A message for each update, as it was before it had the option.
  'hocuspocus-unbatched': () => hocuspocus({ flushDelay: false }),

  // Its own program.
  'y-websocket': () => {
    Object.assign(process.env, { HOST: host, PORT: port })
    return import(pathToFileURL(join(folder, 'node_modules/@y/websocket-server/src/server.js')))
  },
}

function hocuspocus(options) {
  const { Server } = require('@hocuspocus/server')
  const all = { address: host, port: Number(port), quiet: true, stopOnSignals: false, ...options }
  return new Server(all).listen()
}

await servers[name]()
