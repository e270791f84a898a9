/** Serves this folder and `dist` under a strict policy: no inline scripts, no eval, nothing from elsewhere. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname } from 'node:path'
import { env } from 'node:process'

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'"

async function find(path) {
  for (const folder of ['dist', '.'])
    try {
      return await readFile(new URL(`${folder}${path}`, import.meta.url))
    } catch {
      // The next folder may have it.
    }
  return null
}

createServer(async ({ url }, response) => {
  const { pathname } = new URL(url, 'http://localhost')
  const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname
  const body = await find(path)
  response.writeHead(body === null ? 404 : 200, {
    'content-type': types[extname(path)] ?? 'application/octet-stream',
    'content-security-policy': policy,
  })
  response.end(body ?? '')
}).listen(Number(env.PORT ?? 4173), '127.0.0.1')
